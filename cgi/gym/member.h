/* member.h: members: one, a page of them, a search */
#ifndef MEMBER_H
#define MEMBER_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

#define MEMBER_CODE_MAX 24
#define MEMBER_NAME_MAX 120	/* characters */
#define MEMBER_NOTES_MAX 2000	/* characters */
#define MEMBER_PAGE 50		/* members of one page */
#define MEMBER_SEARCH_MAX 40	/* characters of what is typed */

struct member {
	int64_t id, branch_id;
	const char *branch;		/* its name; member_find only */
	const char *code, *name;
	const char *phone;		/* E.164; NULL: none, as below */
	const char *email, *notes;	/* member_find only */
	int32_t joined_day;
	int32_t birth_day;		/* CLOCK_NO_DAY: not known */
	enum admit_verdict state;	/* as kept: see member_state.h */
	int32_t until_day;		/* of the coverage, or CLOCK_NO_DAY */
	int64_t version;		/* member_find only */
	int64_t erased_at;		/* CLOCK_NO_TIME: is not; member_find only */
};

/* Nobody was born before 1900, nor after `today`.  Pure. */
bool member_birth_may_be(int32_t day, int32_t today);

/*
 * One of the company's, in `branch_id` (0: any).  DB_NONE: there is none.
 * Call member_state_refresh first where the state is shown.
 */
enum db_result member_find(struct db *db, struct arena *a, const char *company,
                           int64_t branch_id, int64_t id, struct member *out);

enum member_filter {
	MEMBER_ALL,
	MEMBER_ACTIVE,
	MEMBER_EXPIRING,	/* active, and the coverage ends within days */
	MEMBER_EXPIRED,
	MEMBER_NONE,		/* never had a subscription */
	MEMBER_FROZEN,
	MEMBER_INACTIVE,
	MEMBER_ABSENT,		/* active, not come (nor joined) for some days */
	MEMBER_NO_NUMBER,	/* active, and no message reaches their number */
	MEMBER_NOT_AGREED,	/* active, and has not agreed to messages */
	MEMBER_FILTER__COUNT
};

enum member_sort {
	MEMBER_BY_NAME,
	MEMBER_BY_UNTIL,	/* the first to end first; only who has an end */
	MEMBER_BY_JOINED,	/* the newest first */
	MEMBER_SORT__COUNT
};

/* Which members a page is asked for. */
struct member_query {
	const char *company;
	int64_t branch_id;	/* 0: all */
	int32_t today;
	enum member_filter filter;
	int64_t days;		/* of MEMBER_EXPIRING and MEMBER_ABSENT */
	enum member_sort sort;
	size_t limit;		/* rows of a page: MEMBER_PAGE */
	/* the last one of the page before; `after_id` 0: the first page */
	int64_t after_id;
	const char *after_name;
	int32_t after_day;
};

struct member_list {
	struct member *rows;
	size_t count;		/* at most the query's limit */
	bool has_more;
};

enum db_result member_list(struct db *db, struct arena *a,
                           const struct member_query *query,
                           struct member_list *out);
/*
 * Of those who are active, in `branch_id` (0: any): how many MEMBER_NO_NUMBER
 * and MEMBER_NOT_AGREED would list.
 */
enum db_result member_reach(struct db *db, const char *company,
                            int64_t branch_id, int64_t *no_number,
                            int64_t *not_agreed);
/*
 * Whose name, code or phone begins with what was typed, by name, at most
 * `limit` of them; `phone` is the same as E.164, or its beginning, or NULL.
 */
enum db_result member_search(struct db *db, struct arena *a,
                             const char *company, int64_t branch_id,
                             const char *typed, const char *phone,
                             size_t limit, struct member_list *out);

#endif
