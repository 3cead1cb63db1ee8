/* spool.c: the spool's file; the only one that knows sqlite3.h */
#include <sqlite3.h>

#include "spool_inside.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "spool_file.h"

#define BUSY_MS 5000
#define SAY_AGAIN_MS 60000	/* the same failure is logged once a minute */
#define COLUMNS_MAX 16		/* of a table that is mended */

struct spool {
	pthread_mutex_t lock;
	sqlite3 *db;
	sqlite3_stmt *prepared[SQL__COUNT];
	char *path;
	int claim;		/* descriptor of the lock file, or -1 */
	bool damaged;
	char error[SPOOL_TEXT_MAX + 1];
	int64_t said_at;	/* when it was logged, by clock_mono_ms */
};

/* ---- one statement ------------------------------------------------------ */

static bool
is_damage(int code)
{
	return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* What the system said, where SQLite tells no more than that it failed. */
static int
cause_of(struct spool *s)
{
	int code = sqlite3_errcode(s->db) & 0xff, cause;

	if (code != SQLITE_CANTOPEN && code != SQLITE_IOERR)
		return 0;
	cause = spool_file_denied(s->path);
	if (cause != 0)
		return cause;
	return code == SQLITE_IOERR ? sqlite3_system_errno(s->db)
		: spool_file_trouble(s->path);
}

/* What is wrong, for people. */
static void
describe(struct spool *s, char *out, size_t size)
{
	int cause = cause_of(s);

	snprintf(out, size, "%.160s%s%.60s", sqlite3_errmsg(s->db),
	         cause == 0 ? "" : ": ", cause == 0 ? "" : strerror(cause));
}

/*
 * Damage that is met here may be such as no check sees: a mark tells the next
 * opening, if it is ours to mend.
 */
static void
note_damage(struct spool *s)
{
	if (!is_damage(sqlite3_errcode(s->db)))
		return;
	s->damaged = true;
	if (s->claim >= 0)
		spool_file_mark(s->path);
}

static bool
failed(struct spool *s)
{
	char what[SPOOL_TEXT_MAX - 30], words[SPOOL_TEXT_MAX + 1];
	bool again;

	note_damage(s);
	describe(s, what, sizeof what);
	snprintf(words, sizeof words, "cannot use the spool: %s", what);
	again = strcmp(words, s->error) == 0 &&
		clock_mono_ms() < s->said_at + SAY_AGAIN_MS;
	text_copy(s->error, sizeof s->error, words);
	if (!again) {
		log_error("%s: %s", s->path, words);
		s->said_at = clock_mono_ms();
	}
	return false;
}

struct sqlite3_stmt *
spool_inside_bind(struct spool *s, enum spool_sql which, const char *types,
                  ...)
{
	sqlite3_stmt *st = s->prepared[which];
	va_list args;

	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	va_start(args, types);
	for (int i = 1; *types != '\0'; types++, i++) {
		if (*types == 'i') {
			int64_t value = va_arg(args, int64_t);

			if (value != SPOOL_NONE)
				sqlite3_bind_int64(st, i, value);
		} else if (*types == 't') {
			sqlite3_bind_text(st, i, va_arg(args, const char *),
			                  -1, SQLITE_TRANSIENT);
		} else {
			const void *data = va_arg(args, const void *);

			sqlite3_bind_blob64(st, i, data,
			                    va_arg(args, size_t),
			                    SQLITE_TRANSIENT);
		}
	}
	va_end(args);
	return st;
}

bool
spool_inside_run(struct spool *s, struct sqlite3_stmt *st)
{
	bool ok = sqlite3_step(st) == SQLITE_DONE;

	if (!ok)
		failed(s);
	sqlite3_reset(st);
	return ok;
}

size_t
spool_inside_changes(struct spool *s)
{
	return (size_t)sqlite3_changes(s->db);
}

bool
spool_inside_row(struct spool *s, struct sqlite3_stmt *st, bool *ok)
{
	int rc = sqlite3_step(st);

	*ok = rc == SQLITE_ROW || rc == SQLITE_DONE;
	if (!*ok)
		failed(s);
	if (rc != SQLITE_ROW)
		sqlite3_reset(st);
	return rc == SQLITE_ROW;
}

void
spool_inside_reset(struct sqlite3_stmt *st)
{
	sqlite3_reset(st);
}

int64_t
spool_inside_int(struct sqlite3_stmt *st, int column)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? SPOOL_NONE
		: sqlite3_column_int64(st, column);
}

void
spool_inside_text(struct sqlite3_stmt *st, int column, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	text_copy(out, size, text == NULL ? "" : text);
}

size_t
spool_inside_blob(struct sqlite3_stmt *st, int column, void *out, size_t size)
{
	size_t len = (size_t)sqlite3_column_bytes(st, column);

	if (len == 0 || len > size)
		return 0;
	memcpy(out, sqlite3_column_blob(st, column), len);
	return len;
}

void
spool_inside_append(struct sqlite3_stmt *st, int column, struct buf *to)
{
	size_t len = (size_t)sqlite3_column_bytes(st, column);

	if (len > 0)
		buf_append(to, sqlite3_column_blob(st, column), len);
}

bool
spool_inside_begin(struct spool *s)
{
	return spool_inside_run(s, s->prepared[SQL_BEGIN]);
}

bool
spool_inside_end(struct spool *s, bool ok)
{
	ok = ok && spool_inside_run(s, s->prepared[SQL_COMMIT]);
	if (!ok && !sqlite3_get_autocommit(s->db)) {
		sqlite3_step(s->prepared[SQL_ROLLBACK]);
		sqlite3_reset(s->prepared[SQL_ROLLBACK]);
	}
	if (ok)
		s->error[0] = '\0';
	return ok;
}

void
spool_inside_lock(struct spool *s)
{
	pthread_mutex_lock(&s->lock);
}

bool
spool_inside_unlock(struct spool *s, bool result)
{
	pthread_mutex_unlock(&s->lock);
	return result;
}

void
spool_error(struct spool *s, char out[SPOOL_TEXT_MAX + 1])
{
	spool_inside_lock(s);
	text_copy(out, SPOOL_TEXT_MAX + 1, s->error);
	spool_inside_unlock(s, true);
}

bool
spool_is_damaged(struct spool *s)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, s->damaged);
}

bool
spool_probe(struct spool *s)
{
	char now[24];
	bool ok;

	snprintf(now, sizeof now, "%lld", (long long)clock_now_ms());
	spool_inside_lock(s);
	ok = spool_inside_begin(s);
	ok = ok && spool_inside_run(s, spool_inside_bind(s, SQL_NOTE_SAVE, "tt",
	                                                 "probe", now));
	return spool_inside_unlock(s, spool_inside_end(s, ok));
}

/* ---- the schema --------------------------------------------------------- */

static bool
execute(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Its version, or -1. */
static int
read_version(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL) ==
	    SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		version = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return version;
}

/*
 * From whatever version to ours; a power cut leaves one or the other.  After a
 * failure the file is to be closed, which undoes what was begun.
 */
static bool
upgrade(sqlite3 *db)
{
	int version = read_version(db);

	if (version < 0 || version > SPOOL_VERSION)
		return false;
	if (version == SPOOL_VERSION)
		return true;
	if (!execute(db, "BEGIN IMMEDIATE"))
		return false;
	for (version = read_version(db); version < SPOOL_VERSION; version++) {
		if (!execute(db, spool_scripts[version]))
			return false;
	}
	return execute(db, "COMMIT");
}

static bool
prepare_all(struct spool *s)
{
	for (int i = 0; i < SQL__COUNT; i++) {
		if (sqlite3_prepare_v3(s->db, spool_statements[i], -1,
		                       SQLITE_PREPARE_PERSISTENT,
		                       &s->prepared[i], NULL) != SQLITE_OK)
			return false;
	}
	return true;
}

static bool
connect_db(struct spool *s, bool create)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		(create ? SQLITE_OPEN_CREATE : 0);

	return sqlite3_open_v2(s->path, &s->db, flags, NULL) == SQLITE_OK &&
	       sqlite3_busy_timeout(s->db, BUSY_MS) == SQLITE_OK;
}

/* Has it tables, and none of ours?  Nothing was written to it so far. */
static bool
is_anothers(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	bool anothers = sqlite3_prepare_v2(db, "SELECT count(*) > 0 AND"
		" total(name = 'seen') = 0 FROM sqlite_master", -1, &st,
		NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
		sqlite3_column_int(st, 0) != 0;

	sqlite3_finalize(st);
	return anothers;
}

/* Why it is not for us, before anything is written to it; or NULL. */
static const char *
refusal_of(sqlite3 *db, bool may_upgrade)
{
	int version = read_version(db);

	if (is_anothers(db))
		return "a database of something else";
	if (version > SPOOL_VERSION)
		return "a spool of a later version";
	if (version > 0 && version < SPOOL_VERSION && !may_upgrade)
		return "a spool of an earlier version: start the bridge first";
	return NULL;
}

static bool
make_durable(sqlite3 *db)
{
	return execute(db, "PRAGMA journal_mode = WAL;"
	               "PRAGMA synchronous = FULL");
}

static void
disconnect_db(struct spool *s)
{
	for (int i = 0; i < SQL__COUNT; i++) {
		sqlite3_finalize(s->prepared[i]);
		s->prepared[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

/* ---- mending ------------------------------------------------------------ */

/* A statement that puts a row of `from` into the new file's table. */
static sqlite3_stmt *
prepare_copy(sqlite3 *to, const char *table, sqlite3_stmt *from)
{
	struct buf sql = BUF_INIT, marks = BUF_INIT;
	int columns = sqlite3_column_count(from);
	sqlite3_stmt *st = NULL;

	buf_appendf(&sql, "INSERT OR IGNORE INTO %s (", table);
	for (int i = 0; i < columns && columns <= COLUMNS_MAX; i++) {
		buf_appendf(&sql, "%s\"%s\"", i == 0 ? "" : ", ",
		            sqlite3_column_name(from, i));
		buf_append_str(&marks, i == 0 ? "?" : ", ?");
	}
	buf_appendf(&sql, ") VALUES (%s)", marks.len > 0 ? marks.data : "");
	sqlite3_prepare_v2(to, sql.data, -1, &st, NULL);
	buf_finish(&sql);
	buf_finish(&marks);
	return st;
}

/* Copies rows until the end, true, or until damage. */
static bool
copy_rows(sqlite3 *old, sqlite3 *to, const struct spool_table *table,
          const char *order, size_t *copied)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *from = NULL, *into = NULL;
	int rc = SQLITE_CORRUPT;

	buf_appendf(&sql, "SELECT * FROM %s ORDER BY %s %s", table->name,
	            table->key, order);
	if (sqlite3_prepare_v2(old, sql.data, -1, &from, NULL) == SQLITE_OK)
		into = prepare_copy(to, table->name, from);
	while (into != NULL && (rc = sqlite3_step(from)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(from); i++)
			sqlite3_bind_value(into, i + 1,
			                   sqlite3_column_value(from, i));
		if (sqlite3_step(into) == SQLITE_DONE)
			*copied += (size_t)sqlite3_changes(to);
		sqlite3_reset(into);
	}
	sqlite3_finalize(from);
	sqlite3_finalize(into);
	buf_finish(&sql);
	return rc == SQLITE_DONE;
}

/* "a, b" descending is "a DESC, b DESC". */
static bool
copy_backwards(sqlite3 *old, sqlite3 *to, const struct spool_table *table,
               size_t *copied)
{
	struct buf key = BUF_INIT;
	struct spool_table turned = { table->name, NULL };
	bool whole;

	for (const char *c = table->key; *c != '\0'; c++) {
		if (*c == ',')
			buf_append_str(&key, " DESC");
		buf_append(&key, c, 1);
	}
	turned.key = key.data;
	whole = copy_rows(old, to, &turned, "DESC", copied);
	buf_finish(&key);
	return whole;
}

/*
 * A table that breaks off is read from its other end, too.  Where the queue
 * was not whole, nobody knows what has been sent: all that was ever seen is
 * sent again, and the server knows what it has.
 */
static void
copy_all(sqlite3 *old, sqlite3 *to)
{
	bool is_queue_whole = false;

	for (const struct spool_table *t = spool_tables; t->name != NULL; t++) {
		size_t copied = 0;
		bool whole = copy_rows(old, to, t, "ASC", &copied);

		if (!whole)
			copy_backwards(old, to, t, &copied);
		log_warn("spool: saved %zu rows of %s%s", copied, t->name,
		         whole ? "" : ", which is damaged");
		if (strcmp(t->name, "queue") == 0)
			is_queue_whole = whole;
	}
	execute(to, spool_mend_script);
	if (!is_queue_whole)
		execute(to, spool_statements[SQL_QUEUE_ALL]);
}

/* Fills PATH.new from the damaged file; whole, it becomes PATH.salvaged. */
static bool
salvage(struct spool *s)
{
	char *new = spool_file_path(s->path, ".new");
	sqlite3 *old = NULL, *to = NULL;
	bool ok;

	spool_file_discard(s->path, ".new");
	ok = sqlite3_open(new, &to) == SQLITE_OK &&
		execute(to, "PRAGMA synchronous = FULL") && upgrade(to) &&
		execute(to, "BEGIN");
	if (ok && sqlite3_open_v2(s->path, &old, SQLITE_OPEN_READWRITE,
	                          NULL) == SQLITE_OK)
		copy_all(old, to);
	ok = ok && execute(to, "COMMIT");	/* what failed is not there */
	if (!ok)
		log_error("%s: cannot be mended: %s", s->path,
		          sqlite3_errmsg(to));
	sqlite3_close(old);
	ok = sqlite3_close(to) == SQLITE_OK && ok &&
		spool_file_move(s->path, ".new", ".salvaged");
	free(new);
	return ok;
}

/*
 * Is the file sound as far as SQLite can tell?  Its quick check would not miss
 * a row in an index, as an old page leaves it.
 */
static bool
is_sound(struct spool *s)
{
	sqlite3_stmt *st = NULL;
	bool sound = sqlite3_prepare_v2(s->db, "PRAGMA integrity_check(1)", -1,
	                                &st, NULL) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW &&
		strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;

	sqlite3_finalize(st);
	return sound;
}

/* ---- open and close ----------------------------------------------------- */

/* One beside which no file can be made just now will be of use again. */
static enum spool_fault
fault_of(struct spool *s)
{
	switch (sqlite3_errcode(s->db) & 0xff) {
	case SQLITE_CANTOPEN:
		return spool_file_denied(s->path) == 0 ? SPOOL_UNWRITABLE
			: SPOOL_UNUSABLE;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_BUSY:
		return SPOOL_UNWRITABLE;
	default:
		return SPOOL_UNUSABLE;
	}
}

/* Opens it, upgraded if it may be made: SPOOL_FINE, or why not with words. */
static enum spool_fault
open_as_is(struct spool *s, bool create, char *error, size_t size)
{
	char what[SPOOL_TEXT_MAX + 1];
	const char *refusal;
	bool ok = connect_db(s, create);

	if (ok && (refusal = refusal_of(s->db, create)) != NULL) {
		snprintf(error, size, "%s: %s", s->path, refusal);
		return SPOOL_UNUSABLE;
	}
	if (ok && make_durable(s->db) && upgrade(s->db) && prepare_all(s))
		return SPOOL_FINE;
	s->damaged = is_damage(sqlite3_errcode(s->db));
	describe(s, what, sizeof what);
	snprintf(error, size, "%s: %s", s->path, what);
	return fault_of(s);
}

/* The bridge's own: claimed, looked through, mended where need be. */
static enum spool_fault
open_own(struct spool *s, char *error, size_t size)
{
	enum spool_fault fault;

	if (spool_file_is_foreign(s->path)) {
		snprintf(error, size, "%s: file is not a database", s->path);
		return SPOOL_UNUSABLE;
	}
	fault = spool_file_claim(s->path, &s->claim, error, size);
	if (fault != SPOOL_FINE)
		return fault;
	if (!spool_file_replace(s->path)) {
		snprintf(error, size, "%s: the mended file cannot take its "
		         "place", s->path);
		return SPOOL_UNWRITABLE;
	}
	fault = open_as_is(s, true, error, size);
	if (fault == SPOOL_FINE && !spool_file_is_marked(s->path) &&
	    is_sound(s))
		return SPOOL_FINE;
	if (fault != SPOOL_FINE && !s->damaged)
		return fault;
	disconnect_db(s);
	if (!salvage(s) || !spool_file_replace(s->path)) {
		snprintf(error, size, "%s is damaged and cannot be mended now",
		         s->path);
		return SPOOL_UNWRITABLE;
	}
	s->damaged = false;
	return open_as_is(s, true, error, size);
}

struct spool *
spool_open(const char *path, enum spool_use use, enum spool_fault *fault,
           char *error, size_t size)
{
	struct spool *s = calloc(1, sizeof *s);

	if (s == NULL || (s->path = strdup(path)) == NULL)
		log_die("out of memory");
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);	/* a lock each time */
	s->claim = -1;
	pthread_mutex_init(&s->lock, NULL);
	*fault = use == SPOOL_OWN ? open_own(s, error, size)
		: open_as_is(s, false, error, size);
	if (*fault == SPOOL_FINE) {
		error[0] = '\0';	/* whatever was mended on the way */
		return s;
	}
	spool_close(s);
	return NULL;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	disconnect_db(s);
	spool_file_release(s->claim);
	pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s);
}
