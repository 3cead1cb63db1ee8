/* test_spool_mend.c: spools taken, foreign, damaged; what is forgotten */
#include "tests/unit/spool_place.h"

static struct spool *
open_again(struct place *p, enum spool_use use, enum spool_fault *fault,
           char error[300])
{
	error[0] = '\0';
	return spool_open(p->path.data, use, fault, error, 300);
}

static void
one_process_owns_a_spool(void **state)
{
	struct place *p = *state;
	enum spool_fault fault;
	char error[300];
	struct spool *other = open_again(p, SPOOL_OWN, &fault, error);

	assert_null(other);
	assert_int_equal(fault, SPOOL_TAKEN);
	assert_non_null(strstr(error, "another gymgate-bridge"));
	other = open_again(p, SPOOL_LOOK, &fault, error);
	assert_non_null(other);
	spool_close(other);
	reopen(p);
}

/* Writes `text` so many times from `at` on; at 0 it is all of the file. */
static void
overwrite(struct place *p, long at, const char *text, size_t times)
{
	FILE *file = fopen(p->path.data, at == 0 ? "w" : "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	for (size_t i = 0; i < times; i++)
		fputs(text, file);
	fclose(file);
}

static void
close_spool(struct place *p)
{
	spool_close(p->spool);
	p->spool = NULL;
}

static void
what_is_no_spool_is_not_opened(void **state)
{
	struct place *p = *state;
	struct buf lock = BUF_INIT;
	enum spool_fault fault;
	char error[300];

	close_spool(p);
	buf_appendf(&lock, "%s.lock", p->path.data);
	unlink(lock.data);	/* so that nobody ever had it */
	buf_finish(&lock);
	overwrite(p, 0, "this is no database\n", 1000);
	assert_null(open_again(p, SPOOL_OWN, &fault, error));
	assert_int_equal(fault, SPOOL_UNUSABLE);
	assert_non_null(strstr(error, p->path.data));
	assert_null(spool_open("/nonexistent/spool.db", SPOOL_OWN, &fault,
	                       error, sizeof error));
	assert_int_equal(fault, SPOOL_UNUSABLE);
	assert_non_null(strstr(error, "/nonexistent/spool.db"));
}

/* ---- damage ------------------------------------------------------------- */

#define MANY 20000
#define PAGE 4096

static void
fill(struct place *p, int64_t n)
{
	/* not the first one, so that a number mistaken would show */
	int64_t other = spool_terminal(p->spool, "OTHER");
	int64_t terminal = spool_terminal(p->spool, SN);
	struct spool_punch batch[100];
	size_t count;

	assert_true(other != 0 && other != terminal);
	for (int64_t i = 0; i < n; i += 100) {
		for (int64_t k = 0; k < 100; k++)
			batch[k] = punch("42", i + k, false);
		assert_true(spool_add(p->spool, terminal, 0, batch, 100,
		                      &count));
		assert_int_equal(count, 100);
	}
}

static int64_t
all_waiting(struct spool *s)
{
	int64_t count;

	assert_true(spool_waiting(s, &count));
	return count;
}

static long
size_of(struct place *p)
{
	FILE *file = fopen(p->path.data, "r");
	long size;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	fclose(file);
	return size;
}

static void
a_damaged_spool_is_mended(void **state)
{
	struct place *p = *state;
	struct spool_mark mark;
	struct spool_punch known = punch("42", 0, false);
	size_t count;

	fill(p, MANY);
	memset(&mark, 0, sizeof mark);
	mark.records = MANY;
	mark.full_day = 20000;
	mark.round = 3;
	assert_true(spool_mark_save(p->spool, spool_terminal(p->spool, SN),
	                            &mark));
	close_spool(p);
	overwrite(p, size_of(p) / 2 / PAGE * PAGE, "damage! ", 4 * PAGE / 8);
	reopen(p);
	assert_true(all_waiting(p->spool) > MANY / 2);
	assert_true(spool_mark_load(p->spool, spool_terminal(p->spool, SN),
	                            &mark));
	assert_int_equal(mark.records, 0);	/* the log is read again */
	assert_true(mark.full_day == SPOOL_NONE);
	assert_int_equal(mark.round, 3);
	assert_int_equal(damaged_files(p), 1);
	assert_true(spool_add(p->spool, spool_terminal(p->spool, SN), 4, &known,
	                      1, &count));
	assert_int_equal(count, 0);
}

/* No punch has got under another terminal's serial number. */
static void
all_of_one(struct spool *s)
{
	struct spool_item items[2000];
	size_t count;

	assert_true(spool_next(s, items, 2000, &count));
	for (size_t i = 0; i < count; i++)
		assert_string_equal(items[i].sn, SN);
}

/* Wherever one page is damaged: it is mended, and all is there again. */
static void
damage_anywhere_loses_nothing_that_the_log_has(void **state)
{
	struct place *p = *state;
	long pages;

	fill(p, 2000);
	close_spool(p);
	pages = size_of(p) / PAGE;
	for (long page = 1; page < pages; page++) {
		struct spool_punch all = punch("42", 0, false);
		size_t count;

		overwrite(p, page * PAGE, "damage! ", PAGE / 8);
		reopen(p);
		all_of_one(p->spool);
		for (all.local = 0; all.local < 2000; all.local++)
			assert_true(spool_add(p->spool,
				spool_terminal(p->spool, SN), 0, &all, 1,
				&count));
		assert_int_equal(all_waiting(p->spool), 2000);
		assert_int_equal(damaged_files(p), 1);
		close_spool(p);
		if (size_of(p) / PAGE < pages)
			pages = size_of(p) / PAGE;
	}
}

static void
a_spool_that_is_gone_for_good_begins_anew(void **state)
{
	struct place *p = *state;

	fill(p, 1000);
	close_spool(p);
	overwrite(p, 0, "nothing of it is left\n", 1000);
	reopen(p);
	assert_int_equal(all_waiting(p->spool), 0);
	assert_int_equal(damaged_files(p), 1);
	fill(p, 100);
}

/* The power went between making the new file and putting it in place. */
static void
mending_goes_on_after_a_power_cut(void **state)
{
	struct place *p = *state;
	struct buf salvaged = BUF_INIT;

	fill(p, 1000);
	close_spool(p);
	buf_appendf(&salvaged, "%s.salvaged", p->path.data);
	assert_int_equal(rename(p->path.data, salvaged.data), 0);
	buf_finish(&salvaged);
	overwrite(p, 0, "the damaged one\n", 100);
	reopen(p);
	assert_int_equal(all_waiting(p->spool), 1000);
	assert_int_equal(damaged_files(p), 1);
}

static void
a_probe_tells_that_it_can_be_written(void **state)
{
	struct place *p = *state;

	assert_true(spool_probe(p->spool));
	assert_false(spool_is_damaged(p->spool));
}

/* ---- forgetting --------------------------------------------------------- */

static void
add_round(struct spool *s, int64_t round, const char *user, int64_t local,
          int64_t uid)
{
	struct spool_punch p = punch(user, local, false);
	size_t count;

	p.uid = uid;
	assert_true(spool_add(s, spool_terminal(s, SN), round, &p, 1, &count));
}

static size_t
prune(struct spool *s, int64_t before, int64_t round)
{
	size_t count;

	assert_true(spool_prune(s, spool_terminal(s, SN), before, round,
	                        &count));
	return count;
}

#define DAY(n) ((n) * INT64_C(86400))

static void
only_what_two_rounds_miss_is_forgotten(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	add_round(s, 1, "1", DAY(1), SPOOL_NONE);
	add_round(s, 1, "2", DAY(2), SPOOL_NONE);
	add_round(s, 1, "3", DAY(9), SPOOL_NONE);
	assert_int_equal(prune(s, DAY(5), 1), 0);
	add_round(s, 2, "2", DAY(2), SPOOL_NONE);	/* others are missing */
	assert_int_equal(prune(s, DAY(5), 2), 0);
	add_round(s, 3, "2", DAY(2), SPOOL_NONE);
	assert_int_equal(prune(s, DAY(5), 3), 1);	/* of these one is old */
	assert_int_equal(add(s, SN, punch("2", DAY(2), false)), SPOOL_KNOWN);
	assert_int_equal(add(s, SN, punch("3", DAY(9), false)), SPOOL_KNOWN);
	assert_int_equal(add(s, SN, punch("1", DAY(1), false)), SPOOL_NEW);
}

/* Half a day would differ from the server's, night by night. */
static void
a_day_is_forgotten_as_a_whole(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	add_round(s, 1, "1", DAY(2), SPOOL_NONE);
	add_round(s, 1, "2", DAY(2) + 1, 7);
	add_round(s, 1, "3", DAY(3) - 1, SPOOL_NONE);
	add_round(s, 3, "3", DAY(3) - 1, SPOOL_NONE);
	assert_int_equal(prune(s, DAY(5), 3), 0);
	assert_int_equal(prune(s, DAY(5), 4), 0);
	assert_int_equal(prune(s, DAY(5), 5), 3);
}

/* It counts on the day that it was told for. */
static void
a_punch_of_a_wrong_clock_is_as_old_as_it_was_told(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_punch p = punch("1", DAY(1), true);
	size_t count;

	p.sent_local = DAY(9);
	assert_true(spool_add(s, spool_terminal(s, SN), 1, &p, 1, &count));
	assert_int_equal(prune(s, DAY(5), 4), 0);
	assert_int_equal(prune(s, DAY(10), 4), 1);
}

/* It was there again in between: the two rounds do not agree. */
static void
a_punch_that_is_back_is_not_forgotten(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	add_round(s, 1, "1", 100, SPOOL_NONE);
	assert_int_equal(prune(s, 5000, 2), 0);
	add_round(s, 3, "1", 100, SPOOL_NONE);
	assert_int_equal(prune(s, 5000, 3), 0);
	assert_int_equal(prune(s, 5000, 4), 0);
	assert_int_equal(prune(s, 5000, 5), 1);
}

static void
a_round_finds_uids_with_the_user_they_had(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	add_round(s, 1, "1007", 100, 7);
	add_round(s, 2, "2222", 100, 7);	/* the uid has another user now */
	add_round(s, 3, "2222", 100, 7);
	assert_int_equal(prune(s, 5000, 3), 0);
	assert_int_equal(add(s, SN, punch("1007", 100, false)), SPOOL_KNOWN);
	assert_int_equal(waiting(s), 1);
}

/* A live punch has the round that was complete when it came. */
static void
a_live_punch_outlives_the_round_in_hand(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_mark mark;

	memset(&mark, 0, sizeof mark);
	mark.round = 5;
	assert_true(spool_mark_save(s, spool_terminal(s, SN), &mark));
	add_round(s, 0, "1", 100, SPOOL_NONE);
	assert_int_equal(prune(s, 5000, 6), 0);
	assert_int_equal(prune(s, 5000, 7), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_process_owns_a_spool),
		TEST(what_is_no_spool_is_not_opened),
		TEST(a_damaged_spool_is_mended),
		TEST(damage_anywhere_loses_nothing_that_the_log_has),
		TEST(a_spool_that_is_gone_for_good_begins_anew),
		TEST(mending_goes_on_after_a_power_cut),
		TEST(a_probe_tells_that_it_can_be_written),
		TEST(only_what_two_rounds_miss_is_forgotten),
		TEST(a_day_is_forgotten_as_a_whole),
		TEST(a_punch_of_a_wrong_clock_is_as_old_as_it_was_told),
		TEST(a_punch_that_is_back_is_not_forgotten),
		TEST(a_round_finds_uids_with_the_user_they_had),
		TEST(a_live_punch_outlives_the_round_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
