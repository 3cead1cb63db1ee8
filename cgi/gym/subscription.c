/* subscription.c: what a member has paid for, and how many still have */
#include "gym/subscription.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define DAY_LEN 10
#define PAIR_LEN (2 * DAY_LEN)
#define TIME_LEN 19

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

/* ---- what statements tell as texts --------------------------------------- */

/* Reads days of ten characters each, without blanks between. */
static bool
read_days(struct arena *a, const char *text, const int32_t **days,
          size_t *count)
{
	size_t n = strlen(text) / DAY_LEN;
	int32_t *list = arena_alloc(a, n * sizeof *list);

	for (size_t i = 0; i < n; i++) {
		if (!read_day(text + i * DAY_LEN, &list[i]))
			return false;
	}
	*days = list;
	*count = n;
	return strlen(text) % DAY_LEN == 0;
}

static bool
read_number(const char *text, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return *end == '\0';
}

/* Reads ",ID,VISITS,HOURS,DUE,USED", of which all but the id may be empty. */
static bool
read_terms(struct arena *a, char *text, struct subscription *out)
{
	char *terms[5], *rest = text + 1;

	if (*text == '\0')
		return true;
	for (size_t i = 0; i < 5; i++) {
		terms[i] = strsep(&rest, ",");
		if (terms[i] == NULL)
			return false;
	}
	out->is_pack = *terms[1] != '\0';
	return rest == NULL && *text == ',' &&
		read_number(terms[0], &out->id) &&
		read_number(terms[1], &out->visits) &&
		plan_hours_parse(terms[2], &out->hours) &&
		read_number(terms[3], &out->due) &&
		read_days(a, terms[4], &out->used_days, &out->used_count);
}

static bool
read_subscription(struct arena *a, char *text, struct subscription *out)
{
	*out = (struct subscription){ 0 };
	return strlen(text) >= PAIR_LEN && read_day(text, &out->start_day) &&
		read_day(text + DAY_LEN, &out->end_day) &&
		read_terms(a, text + PAIR_LEN, out);
}

/* Reads "2026-01-012026-06-30;2026-07-012026-12-31,7,10,,500,2026-07-03". */
static bool
read_subscriptions(struct arena *a, const char *text, struct admit_facts *out)
{
	char *rest = *text == '\0' ? NULL : arena_strdup(a, text), *item;
	size_t count = 0, most = strlen(text) / PAIR_LEN + 1;
	struct subscription *list = arena_alloc(a, most * sizeof *list);

	while ((item = strsep(&rest, ";")) != NULL) {
		if (count == most || !read_subscription(a, item, &list[count]))
			return false;
		count++;
	}
	qsort(list, count, sizeof *list, by_start);
	out->subscriptions = list;
	out->subscription_count = count;
	return true;
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

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Reads "2026-05-01 07:30:002026-05-01 18:00:00". */
static bool
read_touches(struct arena *a, const char *text, struct admit_facts *out)
{
	size_t count = strlen(text) / TIME_LEN;
	int64_t *list = arena_alloc(a, count * sizeof *list);

	for (size_t i = 0; i < count; i++) {
		char copy[TIME_LEN + 1] = "";
		bool has_offset;
		int offset;

		memcpy(copy, text + i * TIME_LEN, TIME_LEN);
		if (!clock_parse(copy, &list[i], &has_offset, &offset))
			return false;
	}
	qsort(list, count, sizeof *list, by_time);
	out->touches = list;
	out->touch_count = count;
	return strlen(text) % TIME_LEN == 0;
}

static bool
read_let_in(const char *text, struct admit_facts *out)
{
	return *text == '\0' || (strlen(text) == DAY_LEN &&
	                         read_day(text, &out->let_in_day));
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

void
subscription_out_texts(struct db_stmt *st, struct arena *a,
                       struct subscription_texts *texts)
{
	db_out_str(st, a, &texts->subscriptions);
	db_out_str(st, a, &texts->freezes);
	db_out_str(st, a, &texts->let_in);
	db_out_str(st, a, &texts->touches);
}

bool
subscription_facts(struct arena *a, const struct subscription_texts *texts,
                   struct admit_facts *out)
{
	*out = ADMIT_NOTHING;
	if (read_subscriptions(a, or_empty(texts->subscriptions), out) &&
	    read_freezes(a, or_empty(texts->freezes), out) &&
	    read_let_in(or_empty(texts->let_in), out) &&
	    read_touches(a, or_empty(texts->touches), out))
		return true;
	log_error("a member's coverage cannot be read from the database");
	return false;
}

enum db_result
subscription_facts_of(struct db *db, struct arena *a, const char *company,
                      int64_t member_id, struct admit_facts *out)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_COVERAGE);
	struct subscription_texts texts = { 0 };
	enum db_result rc;

	*out = ADMIT_NOTHING;
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_str(st, a, &texts.subscriptions);
	db_out_str(st, a, &texts.freezes);
	rc = db_one(st);
	if (rc == DB_OK && !subscription_facts(a, &texts, out))
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
	switch (admit_standing(facts, day)) {
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
	struct subscription_texts texts = { 0 };
	enum db_result rc;

	*out = (struct subscription_counts){ 0 };
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_str(st, scratch, &texts.subscriptions);
	db_out_str(st, scratch, &texts.freezes);
	while ((rc = db_next(st)) == DB_OK) {
		struct admit_facts facts;

		if (subscription_facts(scratch, &texts, &facts))
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
