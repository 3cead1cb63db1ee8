/* subscription.c: what a member has paid for, and how many still have */
#include "gym/subscription.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define DAY_LEN 10
#define PAIR_LEN (2 * DAY_LEN)

static bool
read_day(const char *text, int32_t *day)
{
	char copy[DAY_LEN + 1] = "";

	memcpy(copy, text, DAY_LEN);
	return clock_parse_day(copy, day);
}

static int
by_start(const void *a, const void *b)
{
	const struct subscription *x = a, *y = b;

	if (x->start_day != y->start_day)
		return x->start_day < y->start_day ? -1 : 1;
	return (x->end_day > y->end_day) - (x->end_day < y->end_day);
}

static int
by_from(const void *a, const void *b)
{
	const struct freeze *x = a, *y = b;

	return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

/* Reads "2026-01-012026-06-30..."; a pair is as long as `text` needs. */
static bool
read_subscriptions(struct arena *a, const char *text, struct admit_facts *out)
{
	size_t count = strlen(text) / PAIR_LEN;
	struct subscription *list = arena_alloc(a, count * sizeof *list);

	for (size_t i = 0; i < count; i++) {
		const char *pair = text + i * PAIR_LEN;

		if (!read_day(pair, &list[i].start_day) ||
		    !read_day(pair + DAY_LEN, &list[i].end_day))
			return false;
	}
	qsort(list, count, sizeof *list, by_start);
	out->subscriptions = list;
	out->subscription_count = count;
	return strlen(text) % PAIR_LEN == 0;
}

/* Reads "F2026-05-012026-05-10..."; 9999-12-31 is until further notice. */
static bool
read_freezes(struct arena *a, const char *text, struct admit_facts *out)
{
	size_t count = strlen(text) / (PAIR_LEN + 1);
	struct freeze *list = arena_alloc(a, count * sizeof *list);

	for (size_t i = 0; i < count; i++) {
		const char *part = text + i * (PAIR_LEN + 1);
		bool is_open = strncmp(part + 1 + DAY_LEN, "9999-12-31",
		                       DAY_LEN) == 0;

		list[i].is_inactive = *part == 'I';
		if ((*part != 'F' && *part != 'I') ||
		    !read_day(part + 1, &list[i].from_day) ||
		    !read_day(part + 1 + DAY_LEN, &list[i].to_day))
			return false;
		if (is_open)
			list[i].to_day = CLOCK_NO_DAY;
	}
	qsort(list, count, sizeof *list, by_from);
	out->freezes = list;
	out->freeze_count = count;
	return strlen(text) % (PAIR_LEN + 1) == 0;
}

bool
subscription_facts(struct arena *a, const char *subscriptions,
                   const char *freezes, struct admit_facts *out)
{
	*out = (struct admit_facts){ 0 };
	if (read_subscriptions(a, subscriptions == NULL ? "" : subscriptions,
	                       out) &&
	    read_freezes(a, freezes == NULL ? "" : freezes, out))
		return true;
	log_error("a member's coverage cannot be read from the database");
	return false;
}

enum db_result
subscription_facts_of(struct db *db, struct arena *a, const char *company,
                      int64_t member_id, struct admit_facts *out)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_COVERAGE);
	const char *subscriptions, *freezes;
	enum db_result rc;

	*out = (struct admit_facts){ 0 };
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_str(st, a, &subscriptions);
	db_out_str(st, a, &freezes);
	rc = db_one(st);
	if (rc == DB_OK && !subscription_facts(a, subscriptions, freezes, out))
		return DB_FAIL;
	return rc;
}

/* DB_OK with `kept` true when the kept counts still hold. */
static enum db_result
find_kept(struct db *db, const char *company, int64_t branch_id, int32_t day,
          struct subscription_counts *out, int64_t *revision,
          int64_t *expiring_days, bool *kept)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBERSHIP_COUNTS_FIND);
	int64_t kept_revision = 0;
	int32_t kept_day = CLOCK_NO_DAY;
	enum db_result rc;

	db_in_int(st, branch_id);
	db_in_str(st, company);
	db_out_int(st, revision);
	db_out_int(st, expiring_days);
	db_out_int(st, &kept_revision);
	db_out_day(st, &kept_day);
	db_out_int(st, &out->active);
	db_out_int(st, &out->expiring);
	db_out_int(st, &out->expired);
	rc = db_one(st);
	*kept = rc == DB_OK && kept_revision == *revision && kept_day == day;
	return rc;
}

static void
count_member(const struct admit_facts *facts, int32_t day,
             int64_t expiring_days, struct subscription_counts *out)
{
	switch (admit(facts, (int64_t)day * CLOCK_DAY_SECONDS)) {
	case ADMIT_ALLOWED:
		out->active++;
		out->expiring += admit_covered_until(facts, day) - day <=
			expiring_days;
		break;
	case ADMIT_EXPIRED:
		out->expired++;
		break;
	default:
		break;
	}
}

static enum db_result
count_all(struct db *db, const char *company, int64_t branch_id, int32_t day,
          int64_t expiring_days, struct subscription_counts *out)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_COVERAGE_ALL);
	struct arena *scratch = arena_create();
	const char *subscriptions, *freezes;
	enum db_result rc;

	*out = (struct subscription_counts){ 0 };
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_str(st, scratch, &subscriptions);
	db_out_str(st, scratch, &freezes);
	while ((rc = db_next(st)) == DB_OK) {
		struct admit_facts facts;

		if (subscription_facts(scratch, subscriptions, freezes,
		                       &facts))
			count_member(&facts, day, expiring_days, out);
		arena_reset(scratch);
	}
	arena_destroy(scratch);
	return rc == DB_NONE ? DB_OK : rc;
}

static void
keep(struct db *db, const char *company, int64_t branch_id, int32_t day,
     int64_t revision, const struct subscription_counts *counts)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBERSHIP_COUNTS_KEEP);

	db_in_str(st, company);
	db_in_int(st, branch_id);
	db_in_day(st, day);
	db_in_int(st, revision);
	db_in_int(st, counts->active);
	db_in_int(st, counts->expiring);
	db_in_int(st, counts->expired);
	db_run(st);	/* a failure only costs the next one the same work */
}

enum db_result
subscription_count(struct db *db, const char *company, int64_t branch_id,
                   int32_t day, struct subscription_counts *out)
{
	int64_t revision, expiring_days;
	bool kept;
	enum db_result rc = find_kept(db, company, branch_id, day, out,
	                              &revision, &expiring_days, &kept);

	if (rc == DB_OK && !kept) {
		rc = count_all(db, company, branch_id, day, expiring_days,
		               out);
		if (rc == DB_OK)
			keep(db, company, branch_id, day, revision, out);
	}
	out->expiring_days = rc == DB_OK ? expiring_days : 0;
	return rc;
}
