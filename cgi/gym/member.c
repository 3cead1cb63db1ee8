/* member.c: members: one, a page of them, a search */
#include "gym/member.h"

#include <string.h>

#include "base/clock.h"
#include "gym/member_state.h"

#define FIRST_BORN "1900-01-01"

bool
member_birth_may_be(int32_t day, int32_t today)
{
	int32_t first = 0;

	clock_parse_day(FIRST_BORN, &first);
	return day >= first && day <= today;
}

enum db_result
member_find(struct db *db, struct arena *a, const char *company,
            int64_t branch_id, int64_t id, struct member *out)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_FIND);
	const char *state = "";
	enum db_result rc;

	*out = (struct member){ 0 };
	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_int(st, &out->id);
	db_out_int(st, &out->branch_id);
	db_out_str(st, a, &out->branch);
	db_out_str(st, a, &out->code);
	db_out_str(st, a, &out->name);
	db_out_str(st, a, &out->phone);
	db_out_str(st, a, &out->email);
	db_out_day(st, &out->joined_day);
	db_out_day(st, &out->birth_day);
	db_out_str(st, a, &out->notes);
	db_out_str(st, a, &state);
	db_out_day(st, &out->until_day);
	db_out_int(st, &out->version);
	db_out_at(st, &out->erased_at);
	rc = db_one(st);
	if (rc == DB_OK)
		out->state = member_state_verdict(state);
	return rc;
}

/* ---- lists --------------------------------------------------------------- */

/* Reads the rows of a list that has been begun, one more than a page. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, size_t limit,
          struct member_list *out)
{
	struct member m = { .erased_at = CLOCK_NO_TIME };
	const char *state = "";
	enum db_result rc;

	*out = (struct member_list){
		arena_alloc(a, limit * sizeof *out->rows), 0, false,
	};
	db_out_int(st, &m.id);
	db_out_int(st, &m.branch_id);
	db_out_str(st, a, &m.code);
	db_out_str(st, a, &m.name);
	db_out_str(st, a, &m.phone);
	db_out_day(st, &m.joined_day);
	db_out_str(st, a, &state);
	db_out_day(st, &m.until_day);
	db_out_day(st, &m.birth_day);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count == limit) {
			out->has_more = true;
			continue;
		}
		m.state = member_state_verdict(state);
		out->rows[out->count++] = m;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* The state that a filter asks for; NULL: any. */
static const char *
state_of(enum member_filter filter)
{
	static const char *const states[MEMBER_FILTER__COUNT] = {
		[MEMBER_ACTIVE] = "ACTIVE",
		[MEMBER_EXPIRING] = "ACTIVE",
		[MEMBER_EXPIRED] = "EXPIRED",
		[MEMBER_NONE] = "NONE",
		[MEMBER_FROZEN] = "FROZEN",
		[MEMBER_INACTIVE] = "INACTIVE",
		[MEMBER_ABSENT] = "ACTIVE",
		[MEMBER_NO_NUMBER] = "ACTIVE",
		[MEMBER_NOT_AGREED] = "ACTIVE",
	};

	return states[filter];
}

/* What the three lists share: company, branch, and the filter. */
static void
in_filter(struct db_stmt *st, const struct member_query *q)
{
	const char *state = state_of(q->filter);
	const char *reach = q->filter == MEMBER_NO_NUMBER ? "PHONE"
		: q->filter == MEMBER_NOT_AGREED ? "CONSENT" : NULL;
	int32_t from = q->filter == MEMBER_EXPIRING ? q->today : CLOCK_NO_DAY;
	int32_t to = q->filter == MEMBER_EXPIRING
		? q->today + (int32_t)q->days : CLOCK_NO_DAY;
	int32_t since = q->filter == MEMBER_ABSENT
		? q->today - (int32_t)q->days : CLOCK_NO_DAY;

	db_in_str(st, q->company);
	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_str(st, state);
	db_in_str(st, state);
	db_in_day(st, from);
	db_in_day(st, from);
	db_in_day(st, to);
	db_in_day(st, since);
	db_in_day(st, since);
	db_in_local(st, since == CLOCK_NO_DAY ? CLOCK_NO_TIME
	            : (int64_t)since * CLOCK_DAY_SECONDS);
	db_in_str(st, reach);
	db_in_str(st, reach);
}

static struct db_stmt *
begin_by_name(struct db *db, const struct member_query *q)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_LIST_NAME);
	const char *after = q->after_id == 0 ? NULL : q->after_name;

	in_filter(st, q);
	db_in_str(st, after);
	db_in_str(st, after);
	db_in_str(st, after);
	db_in_int(st, q->after_id);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

/* By a day: `first` stands before all days there are. */
static struct db_stmt *
begin_by_day(struct db *db, const struct member_query *q, enum stmt_id which,
             const char *first, int64_t first_id)
{
	struct db_stmt *st = db_begin(db, which);
	int32_t day = q->after_day;

	if (q->after_id == 0)
		clock_parse_day(first, &day);
	in_filter(st, q);
	db_in_day(st, day);
	db_in_day(st, day);
	db_in_int(st, q->after_id == 0 ? first_id : q->after_id);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

enum db_result
member_list(struct db *db, struct arena *a, const struct member_query *q,
            struct member_list *out)
{
	struct db_stmt *st;

	switch (q->sort) {
	case MEMBER_BY_UNTIL:
		st = begin_by_day(db, q, STMT_MEMBER_LIST_UNTIL, "1000-01-01",
		                  0);
		break;
	case MEMBER_BY_JOINED:
		st = begin_by_day(db, q, STMT_MEMBER_LIST_JOINED,
		                  "9999-12-31", INT64_MAX);
		break;
	default:
		st = begin_by_name(db, q);
	}
	return read_rows(st, a, q->limit, out);
}

/* What LIKE finds by its beginning; a bound value, so only % _ \ matter. */
static const char *
like_prefix(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, 2 * strlen(s) + 2), *to = out;

	for (; *s != '\0'; s++) {
		if (strchr("%_\\", *s) != NULL)
			*to++ = '\\';
		*to++ = *s;
	}
	*to = '%';
	return out;
}

enum db_result
member_reach(struct db *db, const char *company, int64_t branch_id,
             int64_t *no_number, int64_t *not_agreed)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_REACH);

	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_int(st, no_number);
	db_out_int(st, not_agreed);
	return db_one(st);
}

enum db_result
member_search(struct db *db, struct arena *a, const char *company,
              int64_t branch_id, const char *typed, const char *phone,
              size_t limit, struct member_list *out)
{
	/* nothing begins with a blank: a search that finds none */
	const char *const prefixes[] = {
		like_prefix(a, typed), like_prefix(a, typed),
		like_prefix(a, phone == NULL ? " " : phone),
	};
	struct db_stmt *st = db_begin(db, STMT_MEMBER_SEARCH);

	for (size_t i = 0; i < 3; i++) {
		db_in_str(st, company);
		db_in_str(st, prefixes[i]);
		db_in_id(st, branch_id);
		db_in_id(st, branch_id);
		db_in_int(st, (int64_t)limit + 1);
	}
	db_in_int(st, (int64_t)limit + 1);
	return read_rows(st, a, limit, out);
}
