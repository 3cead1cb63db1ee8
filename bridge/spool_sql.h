/* spool_sql.h: every statement of the spool, as text */
#ifndef SPOOL_SQL_H
#define SPOOL_SQL_H

#define SPOOL_SCHEMA_VERSION 1	/* PRAGMA user_version */

enum spool_sql {
	SQL_BEGIN, SQL_COMMIT, SQL_ROLLBACK,
	SQL_TERMINAL_ADD, SQL_TERMINAL_FIND,
	SQL_SEE, SQL_SEE_UID, SQL_UID_SEEN, SQL_QUEUE_ADD, SQL_ASIDE_ADD,
	SQL_NEXT, SQL_DONE, SQL_PARK, SQL_PARKED, SQL_RETRY,
	SQL_COUNT, SQL_LAST_PUNCH, SQL_MARK_LOAD, SQL_MARK_SAVE,
	SQL_PLACE_LOAD, SQL_PLACE_SAVE, SQL_NOTE_LOAD, SQL_NOTE_SAVE,
	SQL__COUNT
};

extern const char spool_schema[];
extern const char *const spool_statements[SQL__COUNT];

#endif
