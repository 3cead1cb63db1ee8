/* spool.c: punches waiting for the API, and all that were ever seen */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "spool_sql.h"

#define BUSY_MS 5000
#define SAY_AGAIN_MS 60000	/* the same failure is logged once a minute */

struct spool {
	pthread_mutex_t lock;
	sqlite3 *db;
	sqlite3_stmt *prepared[SQL__COUNT];
	char *path;
	int claim;		/* descriptor of the lock file, or -1 */
	char error[SPOOL_TEXT_MAX + 1];
	int64_t said_at;	/* when it was logged, by clock_mono_ms */
};

/* ---- one statement ------------------------------------------------------ */

static bool
failed(struct spool *s)
{
	char words[SPOOL_TEXT_MAX + 1];
	bool again;

	snprintf(words, sizeof words, "cannot use the spool: %.200s",
	         sqlite3_errmsg(s->db));
	again = strcmp(words, s->error) == 0 &&
		clock_mono_ms() < s->said_at + SAY_AGAIN_MS;
	text_copy(s->error, sizeof s->error, words);
	if (!again) {
		log_error("%s: %s", s->path, words);
		s->said_at = clock_mono_ms();
	}
	return false;
}

/*
 * Resets a statement and binds its values: `i` int64_t (SPOOL_NONE is NULL),
 * `t` text (NULL is NULL), `b` bytes and their size_t.
 */
static sqlite3_stmt *
bind(struct spool *s, enum spool_sql which, const char *types, ...)
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

/* Runs a statement that gives no rows. */
static bool
run(struct spool *s, sqlite3_stmt *st)
{
	bool ok = sqlite3_step(st) == SQLITE_DONE;

	if (!ok)
		failed(s);
	sqlite3_reset(st);
	return ok;
}

/* The next row: true; none left, or `*ok` false for a failure: false. */
static bool
row(struct spool *s, sqlite3_stmt *st, bool *ok)
{
	int rc = sqlite3_step(st);

	*ok = rc == SQLITE_ROW || rc == SQLITE_DONE;
	if (!*ok)
		failed(s);
	if (rc != SQLITE_ROW)
		sqlite3_reset(st);
	return rc == SQLITE_ROW;
}

static int64_t
column_int(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? SPOOL_NONE
		: sqlite3_column_int64(st, i);
}

static void
column_text(sqlite3_stmt *st, int i, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(st, i);

	text_copy(out, size, text == NULL ? "" : text);
}

static bool
begin(struct spool *s)
{
	return run(s, s->prepared[SQL_BEGIN]);
}

/* Commits when `ok`; after a failure nothing of the transaction stays. */
static bool
end(struct spool *s, bool ok)
{
	ok = ok && run(s, s->prepared[SQL_COMMIT]);
	if (!ok && !sqlite3_get_autocommit(s->db)) {
		sqlite3_step(s->prepared[SQL_ROLLBACK]);
		sqlite3_reset(s->prepared[SQL_ROLLBACK]);
	}
	if (ok)
		s->error[0] = '\0';
	return ok;
}

static void
lock(struct spool *s)
{
	pthread_mutex_lock(&s->lock);
}

static bool
unlock(struct spool *s, bool result)
{
	pthread_mutex_unlock(&s->lock);
	return result;
}

/* ---- open and close ----------------------------------------------------- */

static bool
make_schema(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL) ==
	    SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		version = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return version == SPOOL_SCHEMA_VERSION || (version == 0 &&
	       sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) ==
	       SQLITE_OK &&
	       sqlite3_exec(db, spool_schema, NULL, NULL, NULL) == SQLITE_OK &&
	       sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
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

struct spool *
spool_open(const char *path, bool create, char *error, size_t size)
{
	struct spool *s = calloc(1, sizeof *s);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		(create ? SQLITE_OPEN_CREATE : 0);

	if (s == NULL || (s->path = strdup(path)) == NULL)
		log_die("out of memory");
	s->claim = -1;
	pthread_mutex_init(&s->lock, NULL);
	if (sqlite3_open_v2(path, &s->db, flags, NULL) == SQLITE_OK &&
	    sqlite3_busy_timeout(s->db, BUSY_MS) == SQLITE_OK &&
	    sqlite3_exec(s->db, "PRAGMA journal_mode = WAL;"
	                 "PRAGMA synchronous = FULL", NULL, NULL, NULL) ==
	    SQLITE_OK && make_schema(s->db) && prepare_all(s))
		return s;
	snprintf(error, size, "%s: %s", path, sqlite3_errcode(s->db) ==
	         SQLITE_OK ? "not a spool of this version" :
	         sqlite3_errmsg(s->db));
	spool_close(s);
	return NULL;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < SQL__COUNT; i++)
		sqlite3_finalize(s->prepared[i]);
	sqlite3_close(s->db);
	if (s->claim >= 0)
		close(s->claim);
	pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s);
}

bool
spool_claim(struct spool *s)
{
	struct buf path = BUF_INIT;

	buf_appendf(&path, "%s.lock", s->path);
	s->claim = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	buf_finish(&path);
	return s->claim >= 0 && flock(s->claim, LOCK_EX | LOCK_NB) == 0;
}

void
spool_error(struct spool *s, char out[SPOOL_TEXT_MAX + 1])
{
	lock(s);
	text_copy(out, SPOOL_TEXT_MAX + 1, s->error);
	unlock(s, true);
}

int64_t
spool_terminal(struct spool *s, const char *sn)
{
	sqlite3_stmt *st;
	int64_t id = 0;
	bool ok;

	lock(s);
	ok = run(s, bind(s, SQL_TERMINAL_ADD, "t", sn));
	st = bind(s, SQL_TERMINAL_FIND, "t", sn);
	if (ok && row(s, st, &ok))
		id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	unlock(s, true);
	return id;
}

/* ---- in ----------------------------------------------------------------- */

static bool
is_uid_seen(struct spool *s, int64_t terminal, const struct spool_punch *p,
            bool *ok)
{
	sqlite3_stmt *st = bind(s, SQL_UID_SEEN, "iii", terminal, p->local,
	                        p->uid);
	bool seen = row(s, st, ok);

	sqlite3_reset(st);
	return seen;
}

/* One punch: seen, and waiting if it was new. */
static bool
add_one(struct spool *s, int64_t terminal, struct spool_punch *p)
{
	bool ok = true;

	p->novelty = SPOOL_KNOWN;
	if (p->uid != SPOOL_NONE) {
		if (is_uid_seen(s, terminal, p, &ok) || !ok)
			return ok;
		if (p->user_id[0] == '\0') {
			p->novelty = SPOOL_NAMELESS;
			return true;
		}
		if (!run(s, bind(s, SQL_SEE_UID, "iii", terminal, p->local,
		                 p->uid)))
			return false;
	}
	if (!run(s, bind(s, SQL_SEE, "iit", terminal, p->local, p->user_id)))
		return false;
	if (sqlite3_changes(s->db) == 0)
		return true;
	p->novelty = SPOOL_NEW;
	return run(s, bind(s, SQL_QUEUE_ADD, "itiii", terminal, p->user_id,
	                   p->local, p->clock_offset, (int64_t)p->fresh));
}

bool
spool_add(struct spool *s, int64_t terminal, struct spool_punch *punches,
          size_t n, size_t *count)
{
	bool ok;

	*count = 0;
	lock(s);
	ok = begin(s);
	for (size_t i = 0; ok && i < n; i++) {
		ok = add_one(s, terminal, &punches[i]);
		*count += ok && punches[i].novelty == SPOOL_NEW;
	}
	return unlock(s, end(s, ok));
}

bool
spool_set_aside(struct spool *s, int64_t terminal, const void *raw,
                size_t len, const char *why)
{
	lock(s);
	return unlock(s, run(s, bind(s, SQL_ASIDE_ADD, "ibti", terminal, raw, len,
	                             why, clock_now_ms())));
}

bool
spool_forsake(struct spool *s, int64_t terminal,
              const struct spool_punch *p)
{
	lock(s);
	return unlock(s, run(s, bind(s, SQL_SEE_UID, "iii", terminal,
	                             p->local, p->uid)));
}

/* ---- out ---------------------------------------------------------------- */

static void
column_item(sqlite3_stmt *st, struct spool_item *item)
{
	item->id = sqlite3_column_int64(st, 0);
	column_text(st, 1, item->sn, sizeof item->sn);
	column_text(st, 2, item->user_id, sizeof item->user_id);
	item->local = sqlite3_column_int64(st, 3);
	item->clock_offset = column_int(st, 4);
}

bool
spool_next(struct spool *s, struct spool_item *items, size_t most,
           size_t *count)
{
	sqlite3_stmt *st;
	bool ok = true;

	*count = 0;
	lock(s);
	st = bind(s, SQL_NEXT, "i", (int64_t)most);
	while (row(s, st, &ok))
		column_item(st, &items[(*count)++]);
	return unlock(s, ok);
}

bool
spool_parked(struct spool *s, size_t most, spool_parked_fn *each, void *arg)
{
	char answer[SPOOL_TEXT_MAX + 1];
	struct spool_item item;
	sqlite3_stmt *st;
	bool ok = true;

	lock(s);
	st = bind(s, SQL_PARKED, "i", (int64_t)most);
	while (row(s, st, &ok)) {
		column_item(st, &item);
		column_text(st, 5, answer, sizeof answer);
		each(arg, &item, answer);
	}
	return unlock(s, ok);
}

bool
spool_settle(struct spool *s, const struct spool_settled *items, size_t n)
{
	bool ok;

	lock(s);
	ok = begin(s);
	for (size_t i = 0; ok && i < n; i++) {
		const struct spool_settled *item = &items[i];

		ok = run(s, item->parked == 0
			? bind(s, SQL_DONE, "i", item->id)
			: bind(s, SQL_PARK, "iti", (int64_t)item->parked,
			       item->answer, item->id));
	}
	return unlock(s, end(s, ok));
}

bool
spool_retry(struct spool *s, size_t *count)
{
	bool ok;

	lock(s);
	ok = run(s, bind(s, SQL_RETRY, ""));
	*count = ok ? (size_t)sqlite3_changes(s->db) : 0;
	return unlock(s, ok);
}

/* ---- what is known of a terminal ---------------------------------------- */

bool
spool_count(struct spool *s, int64_t terminal, struct spool_counts *counts)
{
	sqlite3_stmt *st;
	bool ok = true;

	*counts = (struct spool_counts){ 0 };
	lock(s);
	st = bind(s, SQL_COUNT, "i", terminal);
	if (row(s, st, &ok)) {
		counts->waiting = sqlite3_column_int64(st, 0);
		counts->parked = sqlite3_column_int64(st, 1);
		counts->aside = sqlite3_column_int64(st, 2);
	}
	sqlite3_reset(st);
	return unlock(s, ok);
}

int64_t
spool_last_punch(struct spool *s, int64_t terminal, int64_t before)
{
	sqlite3_stmt *st;
	int64_t local = SPOOL_NONE;
	bool ok;

	lock(s);
	st = bind(s, SQL_LAST_PUNCH, "ii", terminal, before);
	if (row(s, st, &ok))
		local = column_int(st, 0);
	sqlite3_reset(st);
	unlock(s, ok);
	return local;
}

bool
spool_mark_load(struct spool *s, int64_t terminal, struct spool_mark *mark)
{
	sqlite3_stmt *st;
	bool ok = true;

	memset(mark, 0, sizeof *mark);	/* padding too: it is compared */
	mark->full_day = SPOOL_NONE;
	lock(s);
	st = bind(s, SQL_MARK_LOAD, "i", terminal);
	if (row(s, st, &ok)) {
		size_t len = (size_t)sqlite3_column_bytes(st, 3);

		mark->records = sqlite3_column_int64(st, 0);
		mark->layout = sqlite3_column_int(st, 1);
		mark->full_day = column_int(st, 2);
		mark->tail_len = len <= sizeof mark->tail ? len : 0;
		if (mark->tail_len > 0)
			memcpy(mark->tail, sqlite3_column_blob(st, 3),
			       mark->tail_len);
	}
	sqlite3_reset(st);
	return unlock(s, ok);
}

bool
spool_mark_save(struct spool *s, int64_t terminal,
                const struct spool_mark *mark)
{
	lock(s);
	return unlock(s, run(s, bind(s, SQL_MARK_SAVE, "iiibi", mark->records,
	                             (int64_t)mark->layout, mark->full_day,
	                             mark->tail, mark->tail_len, terminal)));
}

bool
spool_place_load(struct spool *s, const char *name, struct spool_place *place)
{
	sqlite3_stmt *st;
	bool ok = true, found;

	*place = (struct spool_place){
		.reached_at = SPOOL_NONE, .log_count = SPOOL_NONE,
		.log_capacity = SPOOL_NONE, .clock_offset = SPOOL_NONE,
	};
	text_copy(place->name, sizeof place->name, name);
	lock(s);
	st = bind(s, SQL_PLACE_LOAD, "t", name);
	found = row(s, st, &ok);
	if (found) {
		column_text(st, 0, place->sn, sizeof place->sn);
		place->reached_at = column_int(st, 1);
		place->log_count = column_int(st, 2);
		place->log_capacity = column_int(st, 3);
		place->clock_offset = column_int(st, 4);
		column_text(st, 5, place->error, sizeof place->error);
	}
	sqlite3_reset(st);
	return unlock(s, found);
}

bool
spool_place_save(struct spool *s, const struct spool_place *p)
{
	lock(s);
	return unlock(s, run(s, bind(s, SQL_PLACE_SAVE, "ttiiiit", p->name, p->sn,
	                             p->reached_at, p->log_count,
	                             p->log_capacity, p->clock_offset,
	                             p->error)));
}

bool
spool_note_save(struct spool *s, const char *name, const char *text)
{
	lock(s);
	return unlock(s, run(s, bind(s, SQL_NOTE_SAVE, "tt", name, text)));
}

bool
spool_note_load(struct spool *s, const char *name,
                char out[SPOOL_TEXT_MAX + 1])
{
	sqlite3_stmt *st;
	bool ok;

	out[0] = '\0';
	lock(s);
	st = bind(s, SQL_NOTE_LOAD, "t", name);
	if (row(s, st, &ok))
		column_text(st, 0, out, SPOOL_TEXT_MAX + 1);
	sqlite3_reset(st);
	return unlock(s, ok);
}
