/* test_spool.c: what is seen once, what waits, what is parked */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "spool.h"

#define SN "CRT5200-SN001"

/* Each test has a folder, and a spool in it, of its own. */
struct place {
	char folder[64];
	struct buf path;
	struct spool *spool;
};

static struct spool *
reopen(struct place *p)
{
	char error[300] = "";

	spool_close(p->spool);
	p->spool = spool_open(p->path.data, true, error, sizeof error);
	assert_string_equal(error, "");
	assert_non_null(p->spool);
	return p->spool;
}

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	const char *tmp = getenv("TMPDIR");

	assert_non_null(p);
	snprintf(p->folder, sizeof p->folder, "%.40s/spool-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(p->folder));
	buf_appendf(&p->path, "%s/spool.db", p->folder);
	reopen(p);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct place *p = *state;

	spool_close(p->spool);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct buf file = BUF_INIT;

		buf_appendf(&file, "%s%s", p->path.data, ends[i]);
		unlink(file.data);
		buf_finish(&file);
	}
	assert_int_equal(rmdir(p->folder), 0);
	buf_finish(&p->path);
	free(p);
	return 0;
}

static struct spool_punch
punch(const char *user_id, int64_t local, bool fresh)
{
	struct spool_punch p = { .uid = SPOOL_NONE, .local = local,
		                 .clock_offset = SPOOL_NONE, .fresh = fresh };

	text_copy(p.user_id, sizeof p.user_id, user_id);
	return p;
}

static enum spool_novelty
add(struct spool *s, const char *sn, struct spool_punch p)
{
	size_t count;

	assert_true(spool_add(s, spool_terminal(s, sn), &p, 1, &count));
	assert_int_equal(count, p.novelty == SPOOL_NEW);
	return p.novelty;
}

static size_t
waiting(struct spool *s)
{
	struct spool_item items[100];
	size_t count;

	assert_true(spool_next(s, items, 100, &count));
	return count;
}

static void
settle(struct spool *s, int64_t id, int parked)
{
	struct spool_settled done = { id, parked, "422: no" };

	assert_true(spool_settle(s, &done, 1));
}

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

	assert_true(spool_add(p->spool, spool_terminal(p->spool, SN), batch,
	                      3, &count));
	assert_int_equal(count, 2);
	assert_int_equal(batch[1].novelty, SPOOL_KNOWN);
	assert_true(spool_add(p->spool, 1, NULL, 0, &count));
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

static void
one_process_claims_a_spool(void **state)
{
	struct place *p = *state;
	char error[300];
	struct spool *other = spool_open(p->path.data, false, error,
	                                 sizeof error);

	assert_non_null(other);
	assert_true(spool_claim(p->spool));
	assert_false(spool_claim(other));
	spool_close(other);
	reopen(p);
	assert_true(spool_claim(p->spool));
}

static void
what_is_no_spool_is_not_opened(void **state)
{
	struct place *p = *state;
	char error[300] = "";
	FILE *file;

	spool_close(p->spool);
	p->spool = NULL;
	file = fopen(p->path.data, "w");
	assert_non_null(file);
	for (int i = 0; i < 1000; i++)
		fputs("this is no database\n", file);
	fclose(file);
	assert_null(spool_open(p->path.data, true, error, sizeof error));
	assert_non_null(strstr(error, p->path.data));
	assert_null(spool_open("/nonexistent/spool.db", true, error,
	                       sizeof error));
	assert_non_null(strstr(error, "/nonexistent/spool.db"));
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

		if (spool_add(w->spool, terminal, &p, 1, &count))
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		TEST(marks_places_and_notes_are_remembered),
		TEST(the_last_punch_is_not_from_the_future),
		TEST(one_process_claims_a_spool),
		TEST(what_is_no_spool_is_not_opened),
		TEST(threads_share_a_spool),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
