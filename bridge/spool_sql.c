/* spool_sql.c: every statement of the spool, as text */
#include "spool_sql.h"

#include <stddef.h>

/*
 * seen: all punches that ever were, by the terminal's own wall clock `local`;
 * `sent` is the time told to the server where that clock was not believed;
 * `local` is a key of its own, negative, where it had been known (spool.h).
 * `round` is the last reading of the whole log that still had the punch.
 * seen_uid: punches whose record knew no more than a uid, and whose it was.
 * queue: status is NULL while an item waits, else the answer that parked it.
 * note: also "terminal N", the serial number of a terminal once more, and
 * "aside N", how many of its records were counted but not kept aside.
 * door: the last list of who may enter, and the block that this bridge has put
 * on users: `trial_until` of one that is tried out, and ends by itself.
 * day_sent: the sums over which a day was last sent again; gone when it agrees.
 */
const char *const spool_scripts[SPOOL_VERSION] = {
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
	"PRAGMA user_version = 1;",

	/*
	 * Each index of the queue is written to for every punch, and so is what
	 * keeps ids from being given again.  They may be: nobody but the poster
	 * deletes, and it keeps no id beyond that.
	 */
	"ALTER TABLE terminal ADD COLUMN round INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE terminal ADD COLUMN mac TEXT;"
	"ALTER TABLE terminal ADD COLUMN start_day INTEGER;"
	"ALTER TABLE terminal ADD COLUMN users_at INTEGER;"
	"ALTER TABLE seen ADD COLUMN sent INTEGER;"
	"ALTER TABLE seen ADD COLUMN round INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX seen_sent ON seen (terminal, sent)"
	" WHERE sent IS NOT NULL;"
	"ALTER TABLE seen_uid ADD COLUMN user TEXT;"
	"ALTER TABLE seen_uid ADD COLUMN round INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE waiting (id INTEGER PRIMARY KEY,"
	" terminal INTEGER NOT NULL, user TEXT NOT NULL,"
	" local INTEGER NOT NULL, sent INTEGER, clock_offset INTEGER,"
	" fresh INTEGER NOT NULL, status INTEGER, answer TEXT,"
	" parked_at INTEGER);"
	"INSERT INTO waiting (id, terminal, user, local, clock_offset, fresh,"
	" status, answer) SELECT id, terminal, user, local, clock_offset, fresh,"
	" status, answer FROM queue;"
	"DROP TABLE queue;"
	"ALTER TABLE waiting RENAME TO queue;"
	"CREATE INDEX queue_waiting ON queue (fresh DESC, id)"
	" WHERE status IS NULL;"
	"CREATE INDEX queue_parked ON queue (terminal)"
	" WHERE status IS NOT NULL;"
	"CREATE UNIQUE INDEX queue_key ON queue (terminal, local, user);"
	"CREATE TABLE day_sent (terminal INTEGER NOT NULL, day INTEGER NOT NULL,"
	" sums TEXT NOT NULL, PRIMARY KEY (terminal, day)) WITHOUT ROWID;"
	"CREATE TABLE user (terminal INTEGER NOT NULL, uid INTEGER NOT NULL,"
	" user TEXT NOT NULL, name TEXT NOT NULL, privilege INTEGER NOT NULL,"
	" PRIMARY KEY (terminal, uid)) WITHOUT ROWID;"
	"INSERT OR REPLACE INTO note (name, text)"
	" SELECT 'terminal ' || id, sn FROM terminal;"
	"PRAGMA user_version = 2;",

	"CREATE TABLE door (terminal INTEGER PRIMARY KEY, etag TEXT NOT NULL,"
	" list BLOB NOT NULL, current_at INTEGER NOT NULL,"
	" server_at INTEGER, released INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE block (terminal INTEGER NOT NULL, user TEXT NOT NULL,"
	" kind INTEGER NOT NULL, value INTEGER NOT NULL, was TEXT NOT NULL,"
	" trial_until INTEGER, PRIMARY KEY (terminal, user)) WITHOUT ROWID;"
	"PRAGMA user_version = 3;",
};

/*
 * The numbers of terminals stand in the notes, too.  A row of a number that
 * neither tells might be given to another terminal: it goes, and the log of its
 * own tells it again.
 */
#define DROP_ORPHANS(table) "DELETE FROM " table \
	" WHERE terminal NOT IN (SELECT id FROM terminal);"

const char spool_mend_script[] =
	"INSERT OR IGNORE INTO terminal (id, sn)"
	" SELECT CAST(substr(name, 10) AS INTEGER), text FROM note"
	" WHERE name GLOB 'terminal [0-9]*';"
	DROP_ORPHANS("queue") DROP_ORPHANS("seen") DROP_ORPHANS("seen_uid")
	DROP_ORPHANS("aside") DROP_ORPHANS("day_sent") DROP_ORPHANS("user")
	DROP_ORPHANS("door") DROP_ORPHANS("block")
	"UPDATE terminal SET records = 0, full_day = NULL, tail = NULL;";

const struct spool_table spool_tables[] = {
	{ "terminal", "id" },
	{ "queue", "id" },
	{ "seen", "terminal, local, user" },
	{ "seen_uid", "terminal, local, uid" },
	{ "aside", "terminal, raw" },
	{ "place", "name" },
	{ "note", "name" },
	{ "day_sent", "terminal, day" },
	{ "user", "terminal, uid" },
	{ "door", "terminal" },
	{ "block", "terminal, user" },
	{ NULL, NULL },
};

/* Of a day all or nothing: half of it would not be what the server holds. */
#define PRUNE(table, told) "DELETE FROM " table " WHERE terminal = ?1" \
	" AND local < ?2 AND round < ?3 AND " told " / 86400 NOT IN" \
	" (SELECT " told " / 86400 FROM " table " WHERE terminal = ?1" \
	" AND round >= ?3)"
#define TOLD "COALESCE(sent, local)"
#define QUEUE_SEEN "INSERT INTO queue (terminal, user, local, sent, fresh)" \
	" SELECT terminal, user, local, sent, 0 FROM seen WHERE "
#define NOT_QUEUED " AND NOT EXISTS (SELECT 1 FROM queue q" \
	" WHERE q.terminal = s.terminal AND q.local = s.local" \
	" AND q.user = s.user)"
#define ASIDE_KEPT "(SELECT count(*) FROM aside WHERE terminal = ?1)"
#define ITEM "SELECT q.id, t.sn, q.user, q.local, q.clock_offset, q.sent"

const char *const spool_statements[SQL__COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_TERMINAL_ADD] = "INSERT INTO terminal (sn) VALUES (?)"
		" ON CONFLICT DO NOTHING",
	[SQL_TERMINAL_NOTE] = "INSERT OR REPLACE INTO note (name, text)"
		" SELECT 'terminal ' || id, sn FROM terminal WHERE sn = ?",
	[SQL_TERMINAL_FIND] = "SELECT id FROM terminal WHERE sn = ?",
	[SQL_SEE] = "INSERT INTO seen (terminal, local, user, sent, round)"
		" VALUES (?1, ?2, ?3, ?4, CASE WHEN ?5 > 0 THEN ?5 ELSE"
		" (SELECT round FROM terminal WHERE id = ?1) END)"
		" ON CONFLICT DO NOTHING",
	[SQL_SEE_AGAIN] = "UPDATE seen SET round = ?4"
		" WHERE terminal = ?1 AND local = ?2 AND user = ?3",
	[SQL_TOLD] = "SELECT 1 FROM seen WHERE terminal = ?1 AND user = ?3"
		" AND (local = ?2 OR local < 0) AND sent >= ?4 AND sent <= ?5",
	[SQL_SEE_UID] = "INSERT INTO seen_uid (terminal, local, uid, user,"
		" round) VALUES (?1, ?2, ?3, ?4, CASE WHEN ?5 > 0 THEN ?5 ELSE"
		" (SELECT round FROM terminal WHERE id = ?1) END)"
		" ON CONFLICT DO NOTHING",
	[SQL_SEE_UID_AGAIN] = "UPDATE seen_uid SET round = ?4"
		" WHERE terminal = ?1 AND local = ?2 AND uid = ?3",
	[SQL_SEE_UID_USER] = "UPDATE seen SET round = ?4"
		" WHERE terminal = ?1 AND local = ?2 AND user ="
		" (SELECT user FROM seen_uid"
		" WHERE terminal = ?1 AND local = ?2 AND uid = ?3)",
	[SQL_UID_SEEN] = "SELECT 1 FROM seen_uid WHERE terminal = ? AND local = ?"
		" AND uid = ?",
	[SQL_PRUNE] = PRUNE("seen", TOLD) " AND " TOLD " < ?2",
	[SQL_PRUNE_UID] = PRUNE("seen_uid", "local"),
	[SQL_QUEUE_ADD] = "INSERT INTO queue (terminal, user, local, sent,"
		" clock_offset, fresh) VALUES (?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO NOTHING",
	[SQL_QUEUE_DAY] = QUEUE_SEEN "terminal = ? AND local >= ? AND local < ?"
		" AND sent IS NULL ON CONFLICT DO NOTHING",
	[SQL_QUEUE_DAY_SENT] = QUEUE_SEEN "terminal = ? AND sent >= ?"
		" AND sent < ? ON CONFLICT DO NOTHING",
	[SQL_QUEUE_ALL] = QUEUE_SEEN "true ON CONFLICT DO NOTHING",
	[SQL_ASIDE_ADD] = "INSERT INTO aside (terminal, raw, why, seen_at)"
		" SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM note"
		" WHERE name = 'aside ' || ?1) AND " ASIDE_KEPT " < ?5"
		" ON CONFLICT DO NOTHING",
	[SQL_ASIDE_MORE] = "INSERT INTO note (name, text)"
		" SELECT 'aside ' || ?1, '1' WHERE NOT EXISTS"
		" (SELECT 1 FROM aside WHERE terminal = ?1 AND raw = ?2)"
		" ON CONFLICT DO UPDATE SET text = text + 1",
	[SQL_ASIDE_LIST] = "SELECT sn, seen_at, why, raw FROM (SELECT t.sn,"
		" a.seen_at, a.why, a.raw FROM aside a JOIN terminal t"
		" ON t.id = a.terminal ORDER BY a.seen_at DESC, a.raw DESC"
		" LIMIT ?) ORDER BY seen_at, raw",
	[SQL_NEXT] = ITEM " FROM queue q JOIN terminal t ON t.id = q.terminal"
		" WHERE q.status IS NULL ORDER BY q.fresh DESC, q.id LIMIT ?",
	[SQL_DONE] = "DELETE FROM queue WHERE id = ?",
	[SQL_LATER] = "UPDATE queue SET fresh = 0,"
		" id = (SELECT max(id) FROM queue) + 1 WHERE id = ?",
	[SQL_PARK] = "UPDATE queue SET status = ?, answer = ?, parked_at = ?"
		" WHERE id = ?",
	[SQL_PARKED] = ITEM ", q.answer FROM queue q"
		" JOIN terminal t ON t.id = q.terminal"
		" WHERE q.status IS NOT NULL ORDER BY q.id LIMIT ?",
	[SQL_RETRY] = "UPDATE queue SET status = NULL, answer = NULL"
		" WHERE status IS NOT NULL",
	[SQL_RETRY_SINCE] = "UPDATE queue SET status = NULL, answer = NULL,"
		" fresh = 0 WHERE status = ? AND COALESCE(parked_at, 0) < ?",
	[SQL_WAITING] = "SELECT count(*) FROM queue WHERE status IS NULL",
	[SQL_COUNT] = "SELECT a.n - p.n, p.n,"
		" " ASIDE_KEPT " + COALESCE((SELECT CAST(text AS INTEGER)"
		" FROM note WHERE name = 'aside ' || ?1), 0)"
		" FROM (SELECT count(*) AS n FROM queue WHERE terminal = ?1) a,"
		" (SELECT count(*) AS n FROM queue"
		" WHERE terminal = ?1 AND status IS NOT NULL) p",
	[SQL_LAST_PUNCH] = "SELECT max(local) FROM seen WHERE terminal = ?"
		" AND local > 0 AND local <= ?",
	[SQL_DAYS] = "SELECT local, user FROM seen s WHERE terminal = ?"
		" AND sent IS NULL" NOT_QUEUED " ORDER BY local",
	[SQL_DAYS_SENT] = "SELECT sent, user FROM seen s WHERE terminal = ?"
		" AND sent IS NOT NULL" NOT_QUEUED " ORDER BY sent",
	[SQL_DAYS_WAITING] = "SELECT COALESCE(sent, local) FROM queue"
		" WHERE terminal = ? AND status IS NULL",
	[SQL_DAY_SENT_LOAD] = "SELECT sums FROM day_sent WHERE terminal = ?"
		" AND day = ?",
	[SQL_DAY_SENT_SAVE] = "INSERT OR REPLACE INTO day_sent"
		" (terminal, day, sums) VALUES (?, ?, ?)",
	[SQL_DAY_SENT_DROP] = "DELETE FROM day_sent WHERE terminal = ?"
		" AND day = ?",
	[SQL_MARK_LOAD] = "SELECT records, layout, full_day, tail, round"
		" FROM terminal WHERE id = ?",
	[SQL_MARK_SAVE] = "UPDATE terminal SET records = ?, layout = ?,"
		" full_day = ?, tail = ?, round = ? WHERE id = ?",
	[SQL_IDENTITY_LOAD] = "SELECT mac, start_day, users_at FROM terminal"
		" WHERE id = ?",
	[SQL_IDENTITY_SAVE] = "UPDATE terminal SET mac = COALESCE(?, mac),"
		" start_day = COALESCE(?, start_day) WHERE id = ?",
	[SQL_USERS_DROP] = "DELETE FROM user WHERE terminal = ?",
	[SQL_USERS_ADD] = "INSERT OR REPLACE INTO user"
		" (terminal, uid, user, name, privilege) VALUES (?, ?, ?, ?, ?)",
	[SQL_USERS_AT] = "UPDATE terminal SET users_at = ? WHERE id = ?",
	[SQL_USERS_LIST] = "SELECT uid, user, name, privilege FROM user"
		" WHERE terminal = ? ORDER BY uid",
	[SQL_DOOR_LOAD] = "SELECT etag, list, current_at, server_at, released"
		" FROM door WHERE terminal = ?",
	[SQL_DOOR_SAVE] = "INSERT INTO door (terminal, etag, list, current_at,"
		" server_at, released) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		" ON CONFLICT DO UPDATE SET etag = ?2, list = ?3,"
		" current_at = ?4, server_at = ?5, released = ?6",
	[SQL_DOOR_CURRENT] = "UPDATE door SET current_at = ?, server_at = ?"
		" WHERE terminal = ?",
	[SQL_DOOR_RELEASE] = "UPDATE door SET released = 1"
		" WHERE terminal = ?",
	[SQL_DOOR_RELEASED] = "SELECT released FROM door WHERE terminal = ?",
	[SQL_BLOCK_FIND] = "SELECT user, kind, value, was, trial_until"
		" FROM block WHERE terminal = ? AND user = ?",
	[SQL_BLOCK_SAVE] = "INSERT OR REPLACE INTO block (terminal, user, kind,"
		" value, was, trial_until) VALUES (?, ?, ?, ?, ?, ?)",
	[SQL_BLOCK_DROP] = "DELETE FROM block WHERE terminal = ? AND user = ?",
	[SQL_BLOCK_LIST] = "SELECT user, kind, value, was, trial_until"
		" FROM block WHERE terminal = ? ORDER BY user",
	[SQL_TRIALS_END] = "UPDATE block SET trial_until = NULL"
		" WHERE terminal = ? AND trial_until <= ?",
	[SQL_PLACE_LOAD] = "SELECT sn, reached_at, log_count, log_capacity,"
		" clock_offset, error FROM place WHERE name = ?",
	[SQL_PLACE_SAVE] = "INSERT OR REPLACE INTO place (name, sn, reached_at,"
		" log_count, log_capacity, clock_offset, error)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_NOTE_LOAD] = "SELECT text FROM note WHERE name = ?",
	[SQL_NOTE_SAVE] = "INSERT OR REPLACE INTO note (name, text)"
		" VALUES (?, ?)",
};
