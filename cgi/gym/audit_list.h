/* audit_list.h: the audit, page by page */
#ifndef AUDIT_LIST_H
#define AUDIT_LIST_H

#include "base/arena.h"
#include "db/db.h"

#define AUDIT_PAGE 50

struct audit_line {
	int64_t id, at;
	const char *user;	/* name; NULL: the command line, a bridge */
	const char *action, *table, *row, *fields, *address;
};

struct audit_query {
	const char *company;
	int64_t user_id;	/* 0: everybody's */
	const char *table;	/* NULL: of everything */
	int64_t before_id;	/* the last of the page before; 0: the newest */
	size_t limit;		/* rows of a page: AUDIT_PAGE */
};

struct audit_page {
	struct audit_line *rows;
	size_t count;		/* at most the query's limit */
	bool has_more;
};

/* Newest first. */
enum db_result audit_list(struct db *db, struct arena *a,
                          const struct audit_query *query,
                          struct audit_page *out);

#endif
