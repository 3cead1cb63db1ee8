/* test_spool_upgrade.c: spools of earlier versions keep what waits */
#include "tests/unit/spool_place.h"

#include <sqlite3.h>

#include "spool_sql.h"

/* A file as an earlier bridge left it. */
static void
make_old(struct place *p, int version, const char *rows)
{
	sqlite3 *db;

	spool_close(p->spool);
	p->spool = NULL;
	assert_int_equal(unlink(p->path.data), 0);
	assert_int_equal(sqlite3_open(p->path.data, &db), SQLITE_OK);
	for (int i = 0; i < version; i++)
		assert_int_equal(sqlite3_exec(db, spool_scripts[i], NULL, NULL,
			NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
check_item(const struct spool_item *item, int64_t id, const char *user_id,
           int64_t local)
{
	assert_int_equal(item->id, id);
	assert_string_equal(item->sn, SN);
	assert_string_equal(item->user_id, user_id);
	assert_int_equal(item->local, local);
}

static void
check_parked(void *arg, const struct spool_item *item, const char *answer)
{
	check_item(item, 6, "3", 300);
	assert_int_equal(item->clock_offset, 90);
	assert_string_equal(answer, "422: no");
	++*(int *)arg;
}

/* What waits, in its order, and what is parked, since when. */
static void
the_queue_of_version_2_is_kept(void **state)
{
	struct place *p = *state;
	struct spool_counts counts;
	struct spool_item items[9];
	size_t n;
	int parked = 0;

	make_old(p, 2, "INSERT INTO terminal (sn) VALUES ('" SN "');"
	         "INSERT INTO queue (id, terminal, user, local, clock_offset,"
	         " fresh, status, answer, sent, parked_at) VALUES"
	         " (4, 1, '1', 100, NULL, 0, NULL, NULL, NULL, NULL),"
	         " (5, 1, '2', 200, 7, 1, NULL, NULL, 222, NULL),"
	         " (6, 1, '3', 300, 90, 0, 422, '422: no', NULL, 5000)");
	reopen(p);
	add(p->spool, SN, punch("4", 400, false));
	assert_true(spool_next(p->spool, items, 9, &n));
	assert_int_equal(n, 3);
	check_item(&items[0], 5, "2", 200);
	assert_int_equal(items[0].sent_local, 222);
	assert_int_equal(items[0].clock_offset, 7);
	check_item(&items[1], 4, "1", 100);
	assert_int_equal(items[1].sent_local, SPOOL_NONE);
	check_item(&items[2], 7, "4", 400);
	assert_true(spool_count(p->spool, 1, &counts));
	assert_int_equal(counts.waiting, 3);
	assert_int_equal(counts.parked, 1);
	assert_true(spool_parked(p->spool, 9, check_parked, &parked));
	assert_int_equal(parked, 1);
	assert_true(spool_retry_since(p->spool, 422, 5000, &n));
	assert_int_equal(n, 0);
	assert_true(spool_retry_since(p->spool, 422, 5001, &n));
	assert_int_equal(n, 1);
}

/* An id that is given again belongs to the new item. */
static void
ids_may_be_given_again(void **state)
{
	struct place *p = *state;
	struct spool_item items[9];
	size_t n;

	add(p->spool, SN, punch("1", 100, false));
	assert_true(spool_next(p->spool, items, 9, &n));
	settle(p->spool, items[0].id, 0);
	assert_int_equal(add(p->spool, SN, punch("1", 100, false)),
	                 SPOOL_KNOWN);
	add(p->spool, SN, punch("2", 200, false));
	assert_true(spool_next(p->spool, items, 9, &n));
	assert_int_equal(n, 1);
	check_item(&items[0], 1, "2", 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_queue_of_version_2_is_kept),
		TEST(ids_may_be_given_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
