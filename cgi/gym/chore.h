/* chore.h: when something that is done again and again was last done */
#ifndef CHORE_H
#define CHORE_H

#include "db/db.h"

/* A run of the chore `name` that began at `at` has ended well. */
enum db_result chore_ran(struct db *db, const char *name, int64_t at);
/* The last such run: `at` is CLOCK_NO_TIME where there was none. */
enum db_result chore_find(struct db *db, const char *name, int64_t *at);

#endif
