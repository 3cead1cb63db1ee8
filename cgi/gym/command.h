/* command.h: orders on their way to a terminal, and what became of them */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/arena.h"
#include "db/db.h"

#define COMMAND_LIST_MAX 20	/* that wait for one terminal */
#define COMMAND_WORDS_MAX 200	/* characters */
#define COMMAND_NO_NUMBER (-1)

/* One that waits; device_order.h is how people give them. */
struct command {
	int64_t id;
	const char *kind;	/* unlock, block, free */
	const char *user_id;	/* at the terminal; NULL for unlock */
	int64_t seconds;	/* of unlock */
	int64_t expires_at;
};

struct command_list {
	struct command rows[COMMAND_LIST_MAX];	/* the oldest first */
	size_t count;
};

/* What a bridge has done of one. */
struct command_result {
	bool is_done;
	const char *words;	/* why not; may be "" */
	int64_t templates_before, templates_after;	/* or ..._NO_NUMBER */
};

/* Those that wait for a terminal and are not too late. */
enum db_result command_waiting(struct db *db, struct arena *a,
                               const char *company, const char *sn,
                               int64_t now_at, struct command_list *out);

/*
 * Writes down the result.  DB_NONE: not one of this terminal.  DB_DUPLICATE:
 * settled already, or too late.
 */
enum db_result command_settle(struct db *db, const char *company,
                              const char *sn, int64_t id, int64_t now_at,
                              const struct command_result *result);

#endif
