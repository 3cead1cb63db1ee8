/* touch.h: numbers at a terminal that may be somebody new's */
#ifndef TOUCH_H
#define TOUCH_H

#include "base/arena.h"
#include "db/db.h"

#define TOUCH_LIST_MAX 10

/* A number that is nobody's yet. */
struct touch {
	const char *user_id;
	const char *user_name;	/* as the terminal has it; NULL: not known */
	int64_t punch_local;	/* its last punch; CLOCK_NO_TIME: none came */
};

struct touch_list {
	struct touch *rows;
	size_t count;		/* at most TOUCH_LIST_MAX */
};

/*
 * Those that have touched a terminal, by what has arrived since an instant;
 * the newest first.  An instant long ago is read as a day ago.
 */
enum db_result touch_list_punched(struct db *db, struct arena *a,
                                  const char *company, const char *sn,
                                  int64_t since_at, int64_t now_at,
                                  struct touch_list *out);
/* Those that the terminal knows, the highest number first. */
enum db_result touch_list_known(struct db *db, struct arena *a,
                                const char *company, const char *sn,
                                struct touch_list *out);

#endif
