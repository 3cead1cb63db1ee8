/* test_spool_day.c: days to be compared, parked items, users of a terminal */
#include "tests/unit/spool_place.h"

#define DAY(n) ((n) * INT64_C(86400))
#define MARCH_12 20524			/* 2026-03-12 */
#define CRC_OF_42 0xe526838fu	/* "42 2026-03-12 07:30:00", by python3 */
#define HALF_PAST_7 (7 * 3600 + 1800)

static void
days_are_summed_as_the_server_does(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	int64_t terminal = spool_terminal(s, SN);
	const struct spool_day *day;
	struct spool_days days;

	add(s, SN, punch("42", DAY(MARCH_12) + HALF_PAST_7, true));
	assert_true(spool_days(s, terminal, &days));
	assert_int_equal(days.count, 1);
	assert_true(days.list[0].is_waiting);
	assert_int_equal(days.list[0].count, 0);
	spool_days_finish(&days);
	settle_all(s);
	assert_true(spool_days(s, terminal, &days));
	day = spool_days_find(&days, MARCH_12);
	assert_non_null(day);
	assert_false(day->is_waiting);
	assert_int_equal(day->count, 1);
	assert_int_equal(day->checksum, CRC_OF_42);
	assert_null(spool_days_find(&days, MARCH_12 + 1));
	spool_days_finish(&days);
}

/* Told with the bridge's time, it counts on the day it was told for. */
static void
days_count_what_was_sent(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_punch p = punch("42", DAY(100), true);
	struct spool_days days;

	p.sent_local = DAY(MARCH_12) + HALF_PAST_7;
	assert_int_equal(add(s, SN, p), SPOOL_NEW);
	settle_all(s);
	assert_true(spool_days(s, spool_terminal(s, SN), &days));
	assert_int_equal(days.count, 1);
	assert_int_equal(days.list[0].day, MARCH_12);
	assert_int_equal(days.list[0].checksum, CRC_OF_42);
	spool_days_finish(&days);
}

static void
parked_punches_are_not_the_servers(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_days days;
	struct spool_item item;
	size_t count;

	add(s, SN, punch("1", DAY(5), false));
	settle_all(s);
	add(s, SN, punch("2", DAY(5), false));
	assert_true(spool_next(s, &item, 1, &count));
	settle(s, item.id, 422);
	assert_true(spool_days(s, spool_terminal(s, SN), &days));
	assert_int_equal(days.count, 1);
	assert_int_equal(days.list[0].count, 1);
	assert_false(days.list[0].is_waiting);
	spool_days_finish(&days);
}

static size_t
send_day(struct spool *s, int32_t day, const char *sums)
{
	size_t count;

	assert_true(spool_send_day(s, spool_terminal(s, SN), day, sums,
	                           &count));
	return count;
}

static void
a_day_is_sent_again_once_over_the_same_sums(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_punch p = punch("3", DAY(7), false);

	add(s, SN, punch("1", DAY(5), false));
	add(s, SN, punch("2", DAY(5) + 86399, false));
	add(s, SN, punch("3", DAY(6), false));
	p.sent_local = DAY(5) + 60;
	add(s, SN, p);
	settle_all(s);
	assert_int_equal(send_day(s, 5, "3 a, 1 b"), 3);
	assert_int_equal(waiting(s), 3);
	assert_int_equal(send_day(s, 5, "3 a, 2 c"), 0);	/* all wait */
	settle_all(s);
	assert_int_equal(send_day(s, 5, "3 a, 2 c"), 0);	/* the same sums */
	assert_int_equal(send_day(s, 5, "3 a, 0 0"), 3);
	settle_all(s);
	assert_true(spool_day_agrees(s, spool_terminal(s, SN), 6));
	assert_int_equal(send_day(s, 5, "3 a, 0 0"), 0);
	assert_true(spool_day_agrees(s, spool_terminal(s, SN), 5));
	assert_int_equal(send_day(s, 5, "3 a, 0 0"), 3);
}

static void
parked_ones_wait_again_by_status_and_age(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	size_t count;

	add(s, SN, punch("1", 5, true));
	settle(s, 1, 404);
	assert_true(spool_retry_since(s, 422, INT64_MAX, &count));
	assert_int_equal(count, 0);
	assert_true(spool_retry_since(s, 404, 1000, &count));
	assert_int_equal(count, 0);
	assert_true(spool_retry_since(s, 404, INT64_MAX, &count));
	assert_int_equal(count, 1);
	assert_int_equal(waiting(s), 1);
}

/* An id that is given again belongs to the new item. */
static void
ids_may_be_given_again(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	struct spool_item item;
	size_t n;

	add(s, SN, punch("1", 100, false));
	assert_true(spool_next(s, &item, 1, &n));
	settle(s, item.id, 0);
	assert_int_equal(add(s, SN, punch("1", 100, false)), SPOOL_KNOWN);
	add(s, SN, punch("2", 200, false));
	assert_true(spool_next(s, &item, 1, &n));
	assert_int_equal(n, 1);
	assert_string_equal(item.user_id, "2");
}

static void
count_user(void *arg, const struct spool_user *user)
{
	size_t *count = arg;

	assert_true(user->uid == 1 || user->uid == 2);
	(*count)++;
}

static void
a_list_of_users_replaces_the_one_before(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	int64_t terminal = spool_terminal(s, SN);
	const struct spool_user users[] = {
		{ 9, "1009", "Nine", 0 },
		{ 1, "1001", "One", 14 },
		{ 2, "1002", "", 1 },
	};
	struct spool_identity identity;
	size_t count = 0;

	assert_true(spool_users_save(s, terminal, 1000, users, 3));
	assert_true(spool_users_save(s, terminal, 2000, users + 1, 2));
	assert_true(spool_users_list(s, terminal, count_user, &count));
	assert_int_equal(count, 2);
	assert_true(spool_identity_load(s, terminal, &identity));
	assert_int_equal(identity.users_at, 2000);
}

static void
an_identity_keeps_what_is_not_told_anew(void **state)
{
	struct spool *s = ((struct place *)*state)->spool;
	int64_t terminal = spool_terminal(s, SN);
	struct spool_identity identity = { "00:17:61:42:42:42", SPOOL_NONE, 0 };

	assert_true(spool_identity_save(s, terminal, &identity));
	identity = (struct spool_identity){ "", 20000, 0 };
	assert_true(spool_identity_save(s, terminal, &identity));
	assert_true(spool_identity_load(s, terminal, &identity));
	assert_string_equal(identity.mac, "00:17:61:42:42:42");
	assert_int_equal(identity.start_day, 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(days_are_summed_as_the_server_does),
		TEST(days_count_what_was_sent),
		TEST(parked_punches_are_not_the_servers),
		TEST(a_day_is_sent_again_once_over_the_same_sums),
		TEST(parked_ones_wait_again_by_status_and_age),
		TEST(ids_may_be_given_again),
		TEST(a_list_of_users_replaces_the_one_before),
		TEST(an_identity_keeps_what_is_not_told_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
