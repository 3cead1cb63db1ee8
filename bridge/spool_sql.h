/* spool_sql.h: every statement of the spool, as text */
#ifndef SPOOL_SQL_H
#define SPOOL_SQL_H

enum spool_sql {
	SQL_BEGIN, SQL_COMMIT, SQL_ROLLBACK,
	SQL_TERMINAL_ADD, SQL_TERMINAL_NOTE, SQL_TERMINAL_FIND,
	SQL_SEE, SQL_SEE_AGAIN, SQL_TOLD,
	SQL_SEE_UID, SQL_SEE_UID_AGAIN, SQL_SEE_UID_USER, SQL_UID_SEEN,
	SQL_PRUNE, SQL_PRUNE_UID,
	SQL_QUEUE_ADD, SQL_QUEUE_DAY, SQL_QUEUE_DAY_SENT, SQL_QUEUE_ALL,
	SQL_ASIDE_ADD, SQL_ASIDE_MORE, SQL_ASIDE_LIST,
	SQL_NEXT, SQL_DONE, SQL_LATER, SQL_PARK, SQL_PARKED,
	SQL_RETRY, SQL_RETRY_SINCE,
	SQL_WAITING, SQL_COUNT, SQL_LAST_PUNCH,
	SQL_DAYS, SQL_DAYS_SENT, SQL_DAYS_WAITING,
	SQL_DAY_SENT_LOAD, SQL_DAY_SENT_SAVE, SQL_DAY_SENT_DROP,
	SQL_MARK_LOAD, SQL_MARK_SAVE,
	SQL_IDENTITY_LOAD, SQL_IDENTITY_SAVE,
	SQL_USERS_DROP, SQL_USERS_ADD, SQL_USERS_AT, SQL_USERS_LIST,
	SQL_DOOR_LOAD, SQL_DOOR_SAVE, SQL_DOOR_CURRENT, SQL_DOOR_RELEASE,
	SQL_DOOR_RELEASED, SQL_BLOCK_FIND, SQL_BLOCK_SAVE, SQL_BLOCK_DROP,
	SQL_BLOCK_LIST, SQL_TRIALS_END,
	SQL_PLACE_LOAD, SQL_PLACE_SAVE, SQL_NOTE_LOAD, SQL_NOTE_SAVE,
	SQL__COUNT
};

/* The scripts that lead from one version of the file to the next. */
#define SPOOL_VERSION 3		/* PRAGMA user_version after the last */
extern const char *const spool_scripts[SPOOL_VERSION];
extern const char *const spool_statements[SQL__COUNT];
/* After a damaged file's rows were copied. */
extern const char spool_mend_script[];

/* What is worth saving of a damaged file, and the order of each table. */
struct spool_table {
	const char *name, *key;
};
extern const struct spool_table spool_tables[];	/* ends with a NULL name */

#endif
