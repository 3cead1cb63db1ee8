/* test_spool.c: what is seen once, what waits, what is parked */
#include <pthread.h>
#include <sys/wait.h>

#include "tests/unit/spool_place.h"

/* ---- tests ------------------------------------------------------------------- */

static void
a_punch_is_new_once(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;

	assert_int_equal(add(s, SN, punch("42", 1000, true)), SPOOL_NEW);
	assert_int_equal(add(s, SN, punch("42", 1000, false)), SPOOL_KNOWN);
	assert_int_equal(add(s, SN, punch("42", 1001, true)), SPOOL_NEW);
	assert_int_equal(add(s, SN, punch("43", 1000, true)), SPOOL_NEW);
	assert_int_equal(add(s, "SN2", punch("42", 1000, true)), SPOOL_NEW);
	assert_int_equal(waiting(s), 4);
}

static void
nothing_is_forgotten_by_a_restart(void **state)
{
	struct place *p = *state;
	struct spool_item item;
	size_t count;

	add(p->spool, SN, punch("42", 1000, true));
	add(p->spool, SN, punch("43", 1000, true));
	assert_true(spool_next(p->spool, &item, 1, &count));
	settle(p->spool, item.id, 0);
	reopen(p);
	assert_int_equal(waiting(p->spool), 1);
	/* sent and gone, but known for ever */
	assert_int_equal(add(p->spool, SN, punch("42", 1000, true)),
	                 SPOOL_KNOWN);
}

/* What was committed is there, what was not is not, without a goodbye. */
static void
nothing_is_lost_when_the_process_dies(void **state)
{
	struct place *p = *state;
	int status;
	pid_t child;

	spool_close(p->spool);
	p->spool = NULL;
	child = fork();
	if (child == 0) {
		reopen(p);
		for (int i = 0; i < 50; i++)
			add(p->spool, SN, punch("42", i, true));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	reopen(p);
	assert_int_equal(waiting(p->spool), 50);
	assert_int_equal(add(p->spool, SN, punch("42", 49, true)),
	                 SPOOL_KNOWN);
}

static void
fresh_punches_overtake_a_backlog_in_order(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	static const char *const want[] = { "7", "8", "9", "1", "2", "3" };
	struct spool_item items[6];
	size_t count;

	add(s, SN, punch("1", 100, false));
	add(s, SN, punch("7", 901, true));
	add(s, SN, punch("2", 200, false));
	add(s, "SN2", punch("8", 902, true));
	add(s, SN, punch("3", 300, false));
	add(s, SN, punch("9", 900, true));
	assert_true(spool_next(s, items, 6, &count));
	assert_int_equal(count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(items[i].user_id, want[i]);
	assert_string_equal(items[1].sn, "SN2");
	assert_int_equal(items[0].local, 901);
	assert_true(items[0].clock_offset == SPOOL_NONE);
}

static void
parked_items_wait_for_retry(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	struct spool_counts counts;
	struct spool_item items[2];
	size_t count;

	add(s, SN, punch("1", 100, true));
	add(s, SN, punch("2", 100, true));
	assert_true(spool_next(s, items, 2, &count));
	settle(s, items[0].id, 422);
	assert_int_equal(waiting(s), 1);
	assert_true(spool_count(s, spool_terminal(s, SN), &counts));
	assert_int_equal(counts.waiting, 1);
	assert_int_equal(counts.parked, 1);
	assert_true(spool_retry(s, &count));
	assert_int_equal(count, 1);
	assert_int_equal(waiting(s), 2);
	assert_true(spool_retry(s, &count));
	assert_int_equal(count, 0);
}

/* User 7 was Asha; later the number went to Ravi.  Asha's punch stays hers. */
static void
a_uid_is_given_its_user_once(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	struct spool_punch first = punch("1007", 100, true);
	struct spool_punch again = punch("2007", 100, true);
	struct spool_punch nobody = punch("", 200, true);

	first.uid = again.uid = nobody.uid = 7;
	assert_int_equal(add(s, SN, first), SPOOL_NEW);
	assert_int_equal(add(s, SN, again), SPOOL_KNOWN);
	/* the live event of the same punch names the user */
	assert_int_equal(add(s, SN, punch("1007", 100, true)), SPOOL_KNOWN);
	/* nobody has the number: not stored, and taken when somebody has */
	assert_int_equal(add(s, SN, nobody), SPOOL_NAMELESS);
	text_copy(nobody.user_id, sizeof nobody.user_id, "1007");
	assert_int_equal(add(s, SN, nobody), SPOOL_NEW);
	assert_int_equal(waiting(s), 2);
}

static void
a_batch_is_stored_whole_or_not(void **state)
{
	struct place *p = *state;
	struct spool_punch batch[3] = { punch("1", 1, true),
		punch("1", 1, true), punch("2", 1, true) };
	size_t count;

	assert_true(spool_add(p->spool, spool_terminal(p->spool, SN), 0, batch,
	                      3, &count));
	assert_int_equal(count, 2);
	assert_int_equal(batch[1].novelty, SPOOL_KNOWN);
	assert_true(spool_add(p->spool, 1, 0, NULL, 0, &count));
	assert_int_equal(count, 0);
}

static void
flawed_records_are_kept_once(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	int64_t terminal = spool_terminal(s, SN);
	struct spool_counts counts;

	assert_true(spool_set_aside(s, terminal, "\0\1\2", 3, "bad date"));
	assert_true(spool_set_aside(s, terminal, "\0\1\2", 3, "bad date"));
	assert_true(spool_set_aside(s, terminal, "\0\1\3", 3, "bad date"));
	assert_true(spool_count(s, terminal, &counts));
	assert_int_equal(counts.aside, 2);
}

static void
take_last(void *arg, const struct spool_aside *record)
{
	struct buf *to = arg;

	assert_string_equal(record->sn, SN);
	assert_true(record->seen_at > 0);
	buf_appendf(to, "%s %zu %d;", record->why, record->len,
	            record->raw[record->len - 1]);
}

static void
the_last_records_aside_are_told(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	int64_t terminal = spool_terminal(s, SN);
	struct buf told = BUF_INIT;

	/* of one millisecond they are in the order of their bytes */
	for (size_t len = 2; len <= 4; len++)
		assert_true(spool_set_aside(s, terminal, "\0\1\7\3", len,
		                            len == 3 ? "bad date" : "bad user"));
	assert_true(spool_aside_list(s, 2, take_last, &told));
	assert_string_equal(told.data, "bad date 3 7;bad user 4 3;");
	buf_finish(&told);
}

static int64_t
set_aside(struct spool *s, int64_t from, int64_t to)
{
	int64_t terminal = spool_terminal(s, SN);
	struct spool_counts counts;

	for (; from < to; from++)
		assert_true(spool_set_aside(s, terminal, &from, sizeof from,
		                            "bad date"));
	assert_true(spool_count(s, terminal, &counts));
	return counts.aside;
}

/* A terminal that goes mad, or whoever speaks for it, must not fill the disk. */
static void
flawed_records_beyond_a_limit_are_only_counted(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	const int64_t most = SPOOL_ASIDE_MAX;
	struct spool_counts counts;

	assert_int_equal(set_aside(s, 0, most), most);
	assert_int_equal(set_aside(s, 0, 10), most);	/* known */
	assert_int_equal(set_aside(s, most, most + 10), most + 10);
	assert_int_equal(set_aside(s, most, most + 1), most + 11);
	assert_int_equal(set_aside(reopen(p), 0, 10), most + 11);
	s = p->spool;
	/* others have a limit of their own */
	assert_true(spool_set_aside(s, spool_terminal(s, "SN2"), "x", 1, "y"));
	assert_true(spool_count(s, spool_terminal(s, "SN2"), &counts));
	assert_int_equal(counts.aside, 1);
}

static void
marks_places_and_notes_are_remembered(void **state)
{
	struct place *p = *state;
	int64_t terminal = spool_terminal(p->spool, SN);
	struct spool_mark mark, back;
	struct spool_place place, found;
	char note[SPOOL_TEXT_MAX + 1];

	assert_true(spool_mark_load(p->spool, terminal, &mark));
	assert_int_equal(mark.records, 0);
	mark.records = 100000;
	mark.layout = 4;
	mark.full_day = 20000;
	mark.tail_len = 2560;
	memset(mark.tail, 7, mark.tail_len);
	assert_true(spool_mark_save(p->spool, terminal, &mark));

	assert_false(spool_place_load(p->spool, "front", &place));
	assert_string_equal(place.name, "front");
	assert_true(place.reached_at == SPOOL_NONE);
	text_copy(place.sn, sizeof place.sn, SN);
	text_copy(place.error, sizeof place.error, "no answer");
	place.log_count = 5;
	assert_true(spool_place_save(p->spool, &place));
	assert_true(spool_note_save(p->spool, "server", "503"));

	reopen(p);
	assert_true(spool_mark_load(p->spool, terminal, &back));
	assert_memory_equal(&back, &mark, sizeof mark);
	assert_true(spool_place_load(p->spool, "front", &found));
	assert_memory_equal(&found, &place, sizeof place);
	assert_true(spool_note_load(p->spool, "server", note));
	assert_string_equal(note, "503");
	assert_true(spool_note_load(p->spool, "other", note));
	assert_string_equal(note, "");
}

static void
the_last_punch_is_not_from_the_future(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;
	int64_t terminal = spool_terminal(s, SN);

	assert_true(spool_last_punch(s, terminal, 1000) == SPOOL_NONE);
	add(s, SN, punch("1", 500, true));
	add(s, SN, punch("1", 900, true));
	add(s, SN, punch("1", 5000, true));
	assert_int_equal(spool_last_punch(s, terminal, 1000), 900);
}

/* ---- threads --------------------------------------------------------------------- */

#define EACH 200

struct writer {
	struct spool *spool;
	const char *sn;
	size_t added;
};

static void *
write_many(void *arg)
{
	struct writer *w = arg;
	int64_t terminal = spool_terminal(w->spool, w->sn);

	for (int i = 0; i < EACH; i++) {
		struct spool_punch p = punch("42", i, true);
		size_t count;

		if (spool_add(w->spool, terminal, 0, &p, 1, &count))
			w->added += count;
	}
	return NULL;
}

/* Two threads bring the same terminal's punches, one another's. */
static void
threads_share_a_spool(void **state)
{
	struct place *p = *state;
	struct writer writers[3] = { { p->spool, SN, 0 },
		{ p->spool, SN, 0 }, { p->spool, "SN2", 0 } };
	struct spool_counts counts;
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_many,
		                                &writers[i]), 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(writers[0].added + writers[1].added, EACH);
	assert_int_equal(writers[2].added, EACH);
	assert_true(spool_count(p->spool, spool_terminal(p->spool, SN),
	                        &counts));
	assert_int_equal(counts.waiting, EACH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_punch_is_new_once),
		TEST(nothing_is_forgotten_by_a_restart),
		TEST(nothing_is_lost_when_the_process_dies),
		TEST(fresh_punches_overtake_a_backlog_in_order),
		TEST(parked_items_wait_for_retry),
		TEST(a_uid_is_given_its_user_once),
		TEST(a_batch_is_stored_whole_or_not),
		TEST(flawed_records_are_kept_once),
		TEST(the_last_records_aside_are_told),
		TEST(flawed_records_beyond_a_limit_are_only_counted),
		TEST(marks_places_and_notes_are_remembered),
		TEST(the_last_punch_is_not_from_the_future),
		TEST(threads_share_a_spool),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
