/* spool_sql.c: every statement of the spool, as text */
#include "spool_sql.h"

/*
 * queue.status is NULL while an item waits, else the answer that parked it.
 * seen_uid holds punches whose record knew no more than a uid.
 */
const char spool_schema[] =
	"CREATE TABLE terminal (id INTEGER PRIMARY KEY, sn TEXT NOT NULL UNIQUE,"
	" records INTEGER NOT NULL DEFAULT 0, layout INTEGER NOT NULL DEFAULT 0,"
	" full_day INTEGER, tail BLOB);"
	"CREATE TABLE seen (terminal INTEGER NOT NULL, local INTEGER NOT NULL,"
	" user TEXT NOT NULL, PRIMARY KEY (terminal, local, user))"
	" WITHOUT ROWID;"
	"CREATE TABLE seen_uid (terminal INTEGER NOT NULL,"
	" local INTEGER NOT NULL, uid INTEGER NOT NULL,"
	" PRIMARY KEY (terminal, local, uid)) WITHOUT ROWID;"
	"CREATE TABLE queue (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" terminal INTEGER NOT NULL, user TEXT NOT NULL,"
	" local INTEGER NOT NULL, clock_offset INTEGER,"
	" fresh INTEGER NOT NULL, status INTEGER, answer TEXT);"
	"CREATE INDEX queue_waiting ON queue (fresh DESC, id)"
	" WHERE status IS NULL;"
	"CREATE INDEX queue_terminal ON queue (terminal, status);"
	"CREATE TABLE aside (terminal INTEGER NOT NULL, raw BLOB NOT NULL,"
	" why TEXT NOT NULL, seen_at INTEGER NOT NULL,"
	" PRIMARY KEY (terminal, raw)) WITHOUT ROWID;"
	"CREATE TABLE place (name TEXT PRIMARY KEY, sn TEXT NOT NULL,"
	" reached_at INTEGER, log_count INTEGER, log_capacity INTEGER,"
	" clock_offset INTEGER, error TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT NOT NULL)"
	" WITHOUT ROWID;"
	"PRAGMA user_version = 1;";

const char *const spool_statements[SQL__COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_TERMINAL_ADD] = "INSERT INTO terminal (sn) VALUES (?)"
		" ON CONFLICT DO NOTHING",
	[SQL_TERMINAL_FIND] = "SELECT id FROM terminal WHERE sn = ?",
	[SQL_SEE] = "INSERT INTO seen (terminal, local, user) VALUES (?, ?, ?)"
		" ON CONFLICT DO NOTHING",
	[SQL_SEE_UID] = "INSERT INTO seen_uid (terminal, local, uid)"
		" VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
	[SQL_UID_SEEN] = "SELECT 1 FROM seen_uid WHERE terminal = ? AND local = ?"
		" AND uid = ?",
	[SQL_QUEUE_ADD] = "INSERT INTO queue (terminal, user, local, clock_offset,"
		" fresh) VALUES (?, ?, ?, ?, ?)",
	[SQL_ASIDE_ADD] = "INSERT INTO aside (terminal, raw, why, seen_at)"
		" VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
	[SQL_NEXT] = "SELECT q.id, t.sn, q.user, q.local, q.clock_offset"
		" FROM queue q JOIN terminal t ON t.id = q.terminal"
		" WHERE q.status IS NULL ORDER BY q.fresh DESC, q.id LIMIT ?",
	[SQL_DONE] = "DELETE FROM queue WHERE id = ?",
	[SQL_PARK] = "UPDATE queue SET status = ?, answer = ? WHERE id = ?",
	[SQL_PARKED] = "SELECT q.id, t.sn, q.user, q.local, q.clock_offset,"
		" q.answer FROM queue q JOIN terminal t ON t.id = q.terminal"
		" WHERE q.status IS NOT NULL ORDER BY q.id LIMIT ?",
	[SQL_RETRY] = "UPDATE queue SET status = NULL, answer = NULL"
		" WHERE status IS NOT NULL",
	[SQL_COUNT] = "SELECT count(*) - count(status), count(status),"
		" (SELECT count(*) FROM aside WHERE terminal = ?1)"
		" FROM queue WHERE terminal = ?1",
	[SQL_LAST_PUNCH] = "SELECT max(local) FROM seen WHERE terminal = ?"
		" AND local <= ?",
	[SQL_MARK_LOAD] = "SELECT records, layout, full_day, tail FROM terminal"
		" WHERE id = ?",
	[SQL_MARK_SAVE] = "UPDATE terminal SET records = ?, layout = ?,"
		" full_day = ?, tail = ? WHERE id = ?",
	[SQL_PLACE_LOAD] = "SELECT sn, reached_at, log_count, log_capacity,"
		" clock_offset, error FROM place WHERE name = ?",
	[SQL_PLACE_SAVE] = "INSERT OR REPLACE INTO place (name, sn, reached_at,"
		" log_count, log_capacity, clock_offset, error)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_NOTE_LOAD] = "SELECT text FROM note WHERE name = ?",
	[SQL_NOTE_SAVE] = "INSERT OR REPLACE INTO note (name, text)"
		" VALUES (?, ?)",
};
