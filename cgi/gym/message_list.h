/* message_list.h: messages to members, to be shown */
#ifndef MESSAGE_LIST_H
#define MESSAGE_LIST_H

#include "gym/message.h"

#define MESSAGE_PAGE 50		/* rows of a page */
#define MESSAGE_NOW_MOST 100	/* that somebody may send by hand */
#define MESSAGE_COUNTED_MS (30 * 24 * 3600 * (int64_t)1000)

struct message_row {
	int64_t id, member_id;
	const char *member, *zone;	/* of the branch */
	enum message_kind kind;
	int64_t days;
	int32_t anchor_day;
	bool is_test;
	enum message_state state;
	enum message_reason reason;
	bool is_by_hand;
	int64_t code;		/* of the service, of the last failure; 0: none */
	const char *error;	/* in its words, or NULL */
	const char *user;	/* who sent, asked for or settled it, or NULL */
	int64_t at;		/* since when it is so; of DUE, when it is due */
};

struct message_page {
	struct message_row *rows;
	size_t count;		/* at most the query's limit */
	bool has_more;
};

struct message_query {
	const char *company;
	int64_t branch_id;	/* 0: all */
	int64_t member_id;	/* 0: all */
	enum message_state state;	/* MESSAGE_STATE__COUNT: all */
	enum message_kind kind;	/* MESSAGE_KIND__COUNT: all */
	int64_t days;		/* with a kind */
	int64_t before_id;	/* 0: the first page */
	size_t limit;		/* rows of a page: MESSAGE_PAGE */
};

/* The newest first. */
enum db_result message_list(struct db *db, struct arena *a,
                            const struct message_query *query,
                            struct message_page *out);
/*
 * Reminders that are due by now, for somebody's hand, the longest first: at
 * most MESSAGE_NOW_MOST of a branch (0: all).
 */
enum db_result message_list_now(struct db *db, struct arena *a,
                                const char *company, int64_t branch_id,
                                int64_t now_at, struct message_page *out);
/* What a company is told of its messages in passing. */
struct message_summary {
	bool is_paused;		/* by the service */
	int64_t now_count;	/* reminders that wait for somebody's hand */
};

/* Of a branch (0: all); nothing, where the company has sent none yet. */
enum db_result message_summary(struct db *db, const char *company,
                               int64_t branch_id, int64_t now_at,
                               struct message_summary *out);
/* How many of each state were made within MESSAGE_COUNTED_MS. */
enum db_result message_count(struct db *db, struct arena *a,
                             const char *company, int64_t branch_id,
                             int64_t now_at,
                             int64_t counts[MESSAGE_STATE__COUNT]);
/* Could the service not reach the number that a member has now? */
enum db_result message_phone_bad(struct db *db, const char *company,
                                 int64_t member_id, bool *is_bad);

#endif
