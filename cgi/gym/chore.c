/* chore.c: when something that is done again and again was last done */
#include "gym/chore.h"

#include "base/clock.h"

enum db_result
chore_ran(struct db *db, const char *name, int64_t at)
{
	struct db_stmt *st = db_begin(db, STMT_CHORE_RAN);
	enum db_result rc;

	db_in_str(st, name);
	db_in_at(st, at);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
chore_find(struct db *db, const char *name, int64_t *at)
{
	struct db_stmt *st = db_begin(db, STMT_CHORE_FIND);
	enum db_result rc;

	*at = CLOCK_NO_TIME;
	db_in_str(st, name);
	db_out_at(st, at);
	rc = db_one(st);
	return rc == DB_NONE ? DB_OK : rc;
}
