/* test_spool_clock.c: live punches of a clock that is dead each morning */
#include "tests/unit/spool_place.h"

#include "post.h"

#define DAY(n) ((n) * INT64_C(86400))
#define MARCH_12 20524				/* 2026-03-12 */
#define DEAD (DAY(10957) + 2700)		/* 2000-01-01 00:45:00 */
#define MONDAY (DAY(MARCH_12) + 25200)	/* 07:00:00 */
#define TUESDAY (MONDAY + DAY(1))

static enum spool_novelty
live(struct spool *s, const char *user_id, int64_t local, int64_t sent_local)
{
	struct spool_punch p = punch(user_id, local, true);

	p.sent_local = sent_local;
	p.clock_offset = local - sent_local;
	return add(s, SN, p);
}

/* How many of the log were new, in the reading of that number. */
static size_t
read_log(struct spool *s, int64_t round, const char *user_id, int64_t local)
{
	struct spool_punch p = punch(user_id, local, false);
	size_t count;

	assert_true(spool_add(s, spool_terminal(s, SN), round, &p, 1, &count));
	return count;
}

static void
the_same_second_on_two_days_are_two_punches(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_item items[3];
	size_t count;

	assert_int_equal(live(s, "42", DEAD, MONDAY), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD, TUESDAY), SPOOL_NEW);
	assert_int_equal(live(s, "43", DEAD, TUESDAY), SPOOL_NEW);
	assert_true(spool_next(s, items, 3, &count));
	assert_int_equal(count, 3);
	assert_int_equal(items[0].local, DEAD);
	assert_int_equal(items[0].sent_local, MONDAY);
	assert_int_equal(items[1].local, SPOOL_OWN_KEY(TUESDAY));
	assert_int_equal(items[1].sent_local, TUESDAY);
	assert_int_equal(items[2].local, DEAD);	/* of another user */
	/* in the log all three are there, with two keys */
	for (int64_t round = 0; round < 3; round++) {
		assert_int_equal(read_log(s, round, "42", DEAD), 0);
		assert_int_equal(read_log(s, round, "43", DEAD), 0);
	}
	assert_int_equal(waiting(s), 3);
}

static void
an_event_that_is_sent_again_is_one_punch(void **state)
{
	struct place *p = *state;
	struct spool *s = p->spool;

	assert_int_equal(live(s, "42", DEAD, MONDAY), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD, MONDAY + 3), SPOOL_KNOWN);
	assert_int_equal(live(s, "42", DEAD, TUESDAY), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD, TUESDAY), SPOOL_KNOWN);
	assert_int_equal(live(s, "42", DEAD, TUESDAY + 3), SPOOL_KNOWN);
	assert_int_equal(live(s, "42", DEAD, TUESDAY - 3), SPOOL_KNOWN);
	s = reopen(p);
	assert_int_equal(live(s, "42", DEAD, TUESDAY + 4), SPOOL_KNOWN);
	assert_int_equal(live(s, "42", DEAD, MONDAY + 120), SPOOL_KNOWN);
	assert_int_equal(waiting(s), 2);
	/* an hour later on the same day it died again */
	assert_int_equal(live(s, "42", DEAD, TUESDAY + 3600), SPOOL_NEW);
}

/* Of that one nobody knows when it was; it is not this one. */
static void
a_punch_that_came_with_the_log_is_another(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	assert_int_equal(read_log(s, 1, "42", DEAD), 1);
	assert_int_equal(live(s, "42", DEAD, TUESDAY), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD, TUESDAY + 1), SPOOL_KNOWN);
	assert_int_equal(read_log(s, 2, "42", DEAD), 0);
	assert_int_equal(waiting(s), 2);
}

/* The first of a day is near it in time, but is no repeat of it. */
static void
other_punches_of_the_morning_are_not_taken_for_it(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	assert_int_equal(live(s, "42", DEAD, MONDAY), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD + 9, MONDAY + 9), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD + 5, TUESDAY + 5), SPOOL_NEW);
	assert_int_equal(live(s, "42", DEAD + 9, TUESDAY + 9), SPOOL_NEW);
	assert_int_equal(waiting(s), 4);
}

static void
a_clock_that_is_believed_brings_nothing_twice(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;

	assert_int_equal(live(s, "42", DEAD, TUESDAY), SPOOL_NEW);
	assert_int_equal(add(s, SN, punch("42", DEAD, true)), SPOOL_KNOWN);
	/* this machine's clock is dead, too: there is no such key */
	assert_int_equal(live(s, "42", DEAD, -18000), SPOOL_KNOWN);
}

static void
no_time_of_the_terminal_is_told_of_it(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct buf body = BUF_INIT;
	struct spool_item items[2];
	size_t count;

	live(s, "42", DEAD, MONDAY);
	live(s, "42", DEAD, TUESDAY);
	assert_true(spool_next(s, items, 2, &count));
	items[0].clock_offset = items[1].clock_offset = SPOOL_NONE;
	post_format(&body, "SF", items, count);
	assert_string_equal(body.data,
		"[{\"compcode\":\"SF\",\"user_id\":\"42\","
		"\"device_sn\":\"" SN "\","
		"\"timestamp\":\"2026-03-12 07:00:00\","
		"\"time_source\":\"BRIDGE\","
		"\"time_raw\":\"2000-01-01 00:45:00\"},\n"
		"{\"compcode\":\"SF\",\"user_id\":\"42\","
		"\"device_sn\":\"" SN "\","
		"\"timestamp\":\"2026-03-13 07:00:00\","
		"\"time_source\":\"BRIDGE\"}]");
	buf_finish(&body);
}

static void
each_counts_on_the_day_that_it_was_told_for(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	int64_t terminal = spool_terminal(s, SN);
	struct spool_days days;
	struct spool_item item;
	size_t count;

	live(s, "42", DEAD, MONDAY);
	live(s, "42", DEAD, TUESDAY);
	settle_all(s);
	assert_true(spool_days(s, terminal, &days));
	assert_int_equal(days.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(days.list[i].day, MARCH_12 + i);
		assert_int_equal(days.list[i].count, 1);
		assert_false(days.list[i].is_waiting);
	}
	spool_days_finish(&days);
	assert_true(spool_send_day(s, terminal, MARCH_12 + 1, "sums", &count));
	assert_int_equal(count, 1);
	assert_true(spool_next(s, &item, 1, &count));
	assert_int_equal(item.sent_local, TUESDAY);
}

/* No log has it: it stays as long as what else was told for its day. */
static void
it_is_forgotten_with_its_day(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	int64_t terminal = spool_terminal(s, SN);
	size_t count;

	live(s, "42", DEAD, MONDAY);
	live(s, "42", DEAD, TUESDAY);
	for (int64_t round = 1; round < 4; round++) {
		read_log(s, round, "42", DEAD);
		read_log(s, round, "43", TUESDAY + 60);
	}
	assert_true(spool_prune(s, terminal, DAY(MARCH_12 + 60), 4, &count));
	assert_int_equal(count, 0);
	read_log(s, 5, "42", DEAD);
	assert_true(spool_prune(s, terminal, DAY(MARCH_12 + 60), 5, &count));
	assert_int_equal(count, 2);
	assert_int_equal(read_log(s, 5, "43", TUESDAY + 60), 1);
}

static void
no_key_is_the_last_punch(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	int64_t terminal = spool_terminal(s, SN);

	live(s, "42", DEAD, MONDAY);
	live(s, "42", DEAD, TUESDAY);
	assert_int_equal(spool_last_punch(s, terminal, TUESDAY), DEAD);
	assert_true(spool_last_punch(s, terminal, DEAD - 1) == SPOOL_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_second_on_two_days_are_two_punches),
		TEST(an_event_that_is_sent_again_is_one_punch),
		TEST(a_punch_that_came_with_the_log_is_another),
		TEST(other_punches_of_the_morning_are_not_taken_for_it),
		TEST(a_clock_that_is_believed_brings_nothing_twice),
		TEST(no_time_of_the_terminal_is_told_of_it),
		TEST(each_counts_on_the_day_that_it_was_told_for),
		TEST(it_is_forgotten_with_its_day),
		TEST(no_key_is_the_last_punch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
