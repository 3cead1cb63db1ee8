/* db.c: the only file that knows mysql.h */
#include "db/db.h"

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#ifndef MARIADB_PACKAGE_VERSION_ID
typedef bool my_bool;	/* gone from Oracle's client since 8.0 */
#endif

#define MAX_IN 32
#define MAX_OUT 32
#define CONNECT_TIMEOUT_S 2
#define ANSWER_TIMEOUT_S 10
#define RETRY_PAUSE_MS 250	/* between two tries to connect */
#define IDLE_TOO_LONG 4031	/* of MySQL, before it ends a connection */
/*
 * For 50 rows by their ids, MariaDB would first list those of all members who
 * fit another key.  MySQL takes this for a comment.
 */
#define NO_ROWID_FILTER "/*M!100401 , optimizer_switch = 'rowid_filter=off' */"

enum kind {
	KIND_INT, KIND_BOOL, KIND_STR, KIND_BYTES,
	KIND_AT, KIND_LOCAL, KIND_DAY,	/* times come last */
};

/* One value on its way in or out; the bind points into it. */
struct value {
	enum kind kind;
	my_bool is_null;
	long long number;
	MYSQL_TIME time;
	const char *text;
	unsigned long length;
	void *to;		/* target of a column */
	size_t *to_len;		/* of a column of bytes */
	struct arena *arena;	/* for a column of text or bytes */
};

struct db_stmt {
	struct db *db;
	enum stmt_id id;
	MYSQL_STMT *handle;
	struct value in[MAX_IN], out[MAX_OUT];
	unsigned in_count, out_count;
	bool failed;		/* sticks until the next begin */
	bool running;		/* executed, rows may be left */
};

struct db {
	const struct db_options *options;
	MYSQL *conn;		/* NULL: not connected */
	/* what has been used, and prepared on this connection */
	struct db_stmt *stmts[STMT__COUNT];
	bool is_ready;		/* connected, and all statements fit */
	bool in_tx;
	int64_t next_try;	/* clock_mono_ms of the next connect */
	enum db_result last_connect;
	int64_t last_id, changed;
	char duplicate[256];	/* message of the last 1062 */
};

struct db *
db_create(const struct db_options *options)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		log_die("out of memory");
	db->options = options;
	return db;
}

struct db *
db_another(const struct db *db)
{
	return db_create(db->options);
}

static void
unprepare(struct db_stmt *st)
{
	if (st->handle != NULL)
		mysql_stmt_close(st->handle);
	st->handle = NULL;
	st->running = false;
}

static void
disconnect(struct db *db)
{
	for (int i = 0; i < STMT__COUNT; i++) {
		if (db->stmts[i] != NULL)
			unprepare(db->stmts[i]);
	}
	if (db->conn != NULL)
		mysql_close(db->conn);
	db->conn = NULL;
	db->is_ready = false;
	db->in_tx = false;
}

void
db_destroy(struct db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	for (int i = 0; i < STMT__COUNT; i++)
		free(db->stmts[i]);
	free(db);
}

static bool
is_lost(unsigned error)
{
	return error == CR_SERVER_GONE_ERROR || error == CR_SERVER_LOST ||
	       error == ER_SERVER_SHUTDOWN || error == ER_CONNECTION_KILLED ||
	       error == IDLE_TOO_LONG || error == CR_COMMANDS_OUT_OF_SYNC;
}

/* Errors of connecting that waiting mends; the others need a person. */
static bool
is_unreachable(unsigned error)
{
	return (error >= CR_MIN_ERROR && error <= CR_MAX_ERROR) ||
	       error == ER_SERVER_SHUTDOWN || error == ER_CON_COUNT_ERROR;
}

static void
set_options(MYSQL *conn, const struct db_options *o)
{
	unsigned connect_s = CONNECT_TIMEOUT_S, answer_s = ANSWER_TIMEOUT_S;

	mysql_options(conn, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	if (!o->is_patient) {
		mysql_options(conn, MYSQL_OPT_READ_TIMEOUT, &answer_s);
		mysql_options(conn, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
	}
	mysql_options(conn, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(conn, MYSQL_INIT_COMMAND,
	              "SET time_zone = '+00:00', sql_mode = "
	              "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,"
	              "ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,"
	              "NO_ZERO_IN_DATE', group_concat_max_len = 65536, "
	              "innodb_lock_wait_timeout = 5" NO_ROWID_FILTER);
	mysql_options(conn, MYSQL_INIT_COMMAND,
	              "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
	if (o->tls) {
#ifdef MARIADB_PACKAGE_VERSION_ID
		my_bool yes = 1;

		mysql_options(conn, MYSQL_OPT_SSL_ENFORCE, &yes);
		mysql_options(conn, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
#else
		unsigned mode = SSL_MODE_VERIFY_IDENTITY;

		mysql_options(conn, MYSQL_OPT_SSL_MODE, &mode);
#endif
	}
}

static enum db_result
open_connection(struct db *db)
{
	const struct db_options *o = db->options;
	bool is_local = *o->socket != '\0';
	unsigned error;

	db->conn = mysql_init(NULL);
	if (db->conn == NULL)
		log_die("out of memory");
	set_options(db->conn, o);
	if (mysql_real_connect(db->conn, is_local ? NULL : o->host, o->user,
	                       o->password, o->name,
	                       is_local ? 0 : (unsigned)o->port,
	                       is_local ? o->socket : NULL,
	                       CLIENT_MULTI_STATEMENTS) != NULL)
		return DB_OK;
	error = mysql_errno(db->conn);
	log_error("database: cannot connect: %s", mysql_error(db->conn));
	disconnect(db);
	return is_unreachable(error) ? DB_NONE : DB_FAIL;
}

/* Kept from one use to the next: the server has to read each text only once. */
static enum db_result
prepare(struct db_stmt *st)
{
	const struct stmt *text = &stmts[st->id];
	unsigned error;

	if (st->handle != NULL)
		return DB_OK;
	st->handle = mysql_stmt_init(st->db->conn);
	if (st->handle == NULL)
		log_die("out of memory");
	if (mysql_stmt_prepare(st->handle, text->sql,
	                       strlen(text->sql)) == 0)
		return DB_OK;
	error = mysql_stmt_errno(st->handle);
	log_error("database: statement %s: %s", text->name,
	          mysql_stmt_error(st->handle));
	unprepare(st);
	return is_lost(error) || is_unreachable(error) ? DB_NONE : DB_FAIL;
}

static struct db_stmt *
find_stmt(struct db *db, enum stmt_id which)
{
	struct db_stmt *st = db->stmts[which];

	if (st != NULL)
		return st;
	st = db->stmts[which] = calloc(1, sizeof *st);
	if (st == NULL)
		log_die("out of memory");
	st->db = db;
	st->id = which;
	return st;
}

/* Has the server read every statement: one that does not fit is found now. */
static enum db_result
check(struct db *db)
{
	enum db_result rc = DB_OK;

	for (int i = 0; i < STMT__COUNT && rc == DB_OK; i++) {
		struct db_stmt st = { .db = db, .id = (enum stmt_id)i };

		rc = prepare(&st);
		unprepare(&st);
	}
	return rc;
}

enum db_result
db_connect_bare(struct db *db)
{
	return db->conn != NULL ? DB_OK : open_connection(db);
}

enum db_result
db_connect(struct db *db)
{
	enum db_result rc;

	if (db->is_ready)
		return DB_OK;
	if (clock_mono_ms() < db->next_try)
		return db->last_connect;
	disconnect(db);
	rc = open_connection(db);
	if (rc == DB_OK)
		rc = check(db);
	if (rc != DB_OK)
		disconnect(db);
	db->is_ready = rc == DB_OK;
	db->last_connect = rc;
	db->next_try = rc == DB_OK ? 0 : clock_mono_ms() + RETRY_PAUSE_MS;
	return rc;
}

bool
db_ping(struct db *db)
{
	if (db_connect(db) != DB_OK)
		return false;
	if (mysql_ping(db->conn) == 0)
		return true;
	disconnect(db);
	return db_connect(db) == DB_OK;
}

/* Inside a transaction a new connection would not be part of it. */
static bool
get_ready(struct db_stmt *st)
{
	struct db *db = st->db;
	enum db_result rc;

	if ((db->in_tx && !db->is_ready) || db_connect(db) != DB_OK)
		return false;
	rc = prepare(st);
	if (rc == DB_NONE) {
		bool in_tx = db->in_tx;

		disconnect(db);
		db->in_tx = in_tx;	/* until the caller rolls back */
		rc = !in_tx && db_connect(db) == DB_OK ? prepare(st) : DB_FAIL;
	}
	return rc == DB_OK;
}

struct db_stmt *
db_begin(struct db *db, enum stmt_id which)
{
	struct db_stmt *st = find_stmt(db, which);

	st->failed = !get_ready(st);
	if (st->running && st->handle != NULL)
		mysql_stmt_free_result(st->handle);
	st->running = false;
	st->in_count = st->out_count = 0;
	return st;
}

static struct value *
add_value(struct db_stmt *st, struct value *list, unsigned *count,
          unsigned most, enum kind kind)
{
	if (*count >= most)
		log_die("statement %s has too many values",
		        stmts[st->id].name);
	list[*count] = (struct value){ .kind = kind };
	return &list[(*count)++];
}

static struct value *
add_in(struct db_stmt *st, enum kind kind)
{
	return add_value(st, st->in, &st->in_count, MAX_IN, kind);
}

void
db_in_str(struct db_stmt *st, const char *value)
{
	struct value *v = add_in(st, KIND_STR);

	v->is_null = value == NULL;
	v->text = value;
	v->length = value == NULL ? 0 : strlen(value);
}

void
db_in_bytes(struct db_stmt *st, const void *data, size_t len)
{
	struct value *v = add_in(st, KIND_BYTES);

	v->text = data;
	v->length = len;
}

void
db_in_int(struct db_stmt *st, int64_t value)
{
	add_in(st, KIND_INT)->number = value;
}

void
db_in_id(struct db_stmt *st, int64_t id)
{
	struct value *v = add_in(st, KIND_INT);

	v->number = id;
	v->is_null = id == 0;
}

void
db_in_null(struct db_stmt *st)
{
	add_in(st, KIND_INT)->is_null = 1;
}

static void
set_time(struct value *v, int64_t local, int ms)
{
	struct clock_date d = clock_split(local);

	v->time = (MYSQL_TIME){
		.year = (unsigned)d.year, .month = (unsigned)d.month,
		.day = (unsigned)d.day, .hour = (unsigned)d.hour,
		.minute = (unsigned)d.minute, .second = (unsigned)d.second,
		.second_part = (unsigned long)ms * 1000,
		.time_type = v->kind == KIND_DAY ? MYSQL_TIMESTAMP_DATE
			: MYSQL_TIMESTAMP_DATETIME,
	};
}

void
db_in_at(struct db_stmt *st, int64_t at)
{
	struct value *v = add_in(st, KIND_AT);
	int64_t ms = (at % 1000 + 1000) % 1000;

	v->is_null = at == CLOCK_NO_TIME;
	if (!v->is_null)
		set_time(v, (at - ms) / 1000, (int)ms);
}

void
db_in_local(struct db_stmt *st, int64_t local)
{
	struct value *v = add_in(st, KIND_LOCAL);

	v->is_null = local == CLOCK_NO_TIME;
	if (!v->is_null)
		set_time(v, local, 0);
}

void
db_in_day(struct db_stmt *st, int32_t day)
{
	struct value *v = add_in(st, KIND_DAY);

	v->is_null = day == CLOCK_NO_DAY;
	if (!v->is_null)
		set_time(v, (int64_t)day * CLOCK_DAY_SECONDS, 0);
}

static struct value *
add_out(struct db_stmt *st, enum kind kind, void *to, struct arena *a)
{
	struct value *v = add_value(st, st->out, &st->out_count, MAX_OUT,
	                            kind);

	v->to = to;
	v->arena = a;
	return v;
}

void
db_out_int(struct db_stmt *st, int64_t *to)
{
	add_out(st, KIND_INT, to, NULL);
}

void
db_out_bool(struct db_stmt *st, bool *to)
{
	add_out(st, KIND_BOOL, to, NULL);
}

void
db_out_str(struct db_stmt *st, struct arena *a, const char **to)
{
	add_out(st, KIND_STR, to, a);
}

void
db_out_bytes(struct db_stmt *st, struct arena *a, const void **to, size_t *len)
{
	add_out(st, KIND_BYTES, to, a)->to_len = len;
}

void
db_out_at(struct db_stmt *st, int64_t *to)
{
	add_out(st, KIND_AT, to, NULL);
}

void
db_out_local(struct db_stmt *st, int64_t *to)
{
	add_out(st, KIND_LOCAL, to, NULL);
}

void
db_out_day(struct db_stmt *st, int32_t *to)
{
	add_out(st, KIND_DAY, to, NULL);
}

static enum enum_field_types
long_type(enum kind kind)
{
	return kind == KIND_STR ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
}

static void
fill_bind(MYSQL_BIND *b, struct value *v, bool is_out)
{
	*b = (MYSQL_BIND){ .is_null = &v->is_null, .length = &v->length };
	switch (v->kind) {
	case KIND_INT:
	case KIND_BOOL:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = &v->number;
		break;
	case KIND_STR:
	case KIND_BYTES:
		/* a column's text is fetched once its length is known */
		b->buffer_type = long_type(v->kind);
		b->buffer = is_out ? NULL : (void *)(uintptr_t)v->text;
		b->buffer_length = is_out ? 0 : v->length;
		break;
	case KIND_AT:
	case KIND_LOCAL:
		b->buffer_type = MYSQL_TYPE_DATETIME;
		b->buffer = &v->time;
		break;
	case KIND_DAY:
		b->buffer_type = MYSQL_TYPE_DATE;
		b->buffer = &v->time;
		break;
	}
}

static bool
bind_values(struct db_stmt *st)
{
	MYSQL_BIND in[MAX_IN], out[MAX_OUT];

	if (mysql_stmt_param_count(st->handle) != st->in_count ||
	    mysql_stmt_field_count(st->handle) != st->out_count)
		log_die("statement %s wants %lu values and gives %u columns",
		        stmts[st->id].name,
		        mysql_stmt_param_count(st->handle),
		        mysql_stmt_field_count(st->handle));
	for (unsigned i = 0; i < st->in_count; i++)
		fill_bind(&in[i], &st->in[i], false);
	for (unsigned i = 0; i < st->out_count; i++)
		fill_bind(&out[i], &st->out[i], true);
	return (st->in_count == 0 || !mysql_stmt_bind_param(st->handle, in)) &&
	       (st->out_count == 0 ||
	        !mysql_stmt_bind_result(st->handle, out));
}

static bool
execute_once(struct db_stmt *st)
{
	return bind_values(st) && mysql_stmt_execute(st->handle) == 0 &&
	       (st->out_count == 0 ||
	        mysql_stmt_store_result(st->handle) == 0);
}

/*
 * Somebody else's locks stood in the way.  Of a deadlock in which the lock on
 * the next id took part (MariaDB, beside an INSERT of many rows) the server
 * only says that it could not read that id.
 */
static bool
is_to_repeat(unsigned error)
{
	return error == ER_LOCK_DEADLOCK || error == ER_LOCK_WAIT_TIMEOUT ||
		error == ER_AUTOINC_READ_FAILED;
}

/* What an error means to the caller; says so in the log where it must. */
static enum db_result
judge_error(struct db *db, unsigned error, const char *what,
            const char *message)
{
	if (error == ER_DUP_ENTRY) {
		snprintf(db->duplicate, sizeof db->duplicate, "%s", message);
		return DB_DUPLICATE;
	}
	if (is_to_repeat(error)) {
		log_warn("database: %s: %s", what, message);
		if (db->in_tx)
			db_tx_rollback(db);
		return DB_AGAIN;
	}
	log_error("database: %s: %s", what, message);
	if (is_lost(error)) {
		bool in_tx = db->in_tx;

		disconnect(db);
		db->in_tx = in_tx;	/* until the caller rolls back */
	}
	return DB_FAIL;
}

/* A read outside a transaction may be asked again on a new connection. */
static bool
may_repeat(const struct db_stmt *st)
{
	return !st->db->in_tx && st->out_count > 0 &&
	       is_lost(mysql_stmt_errno(st->handle));
}

static enum db_result
execute(struct db_stmt *st)
{
	struct db *db = st->db;

	if (st->failed)
		return DB_FAIL;
	if (!execute_once(st)) {
		if (may_repeat(st)) {
			disconnect(db);
			if (!get_ready(st))
				return DB_FAIL;
			if (execute_once(st))
				goto done;
		}
		st->failed = true;
		return judge_error(db, mysql_stmt_errno(st->handle),
		                   stmts[st->id].name,
		                   mysql_stmt_error(st->handle));
	}
done:
	st->running = st->out_count > 0;
	return DB_OK;
}

static int64_t
get_time(const MYSQL_TIME *t)
{
	struct clock_date d = {
		.year = (int)t->year, .month = (int)t->month,
		.day = (int)t->day, .hour = (int)t->hour,
		.minute = (int)t->minute, .second = (int)t->second,
	};
	int64_t local;

	return clock_join(&d, &local) ? local : CLOCK_NO_TIME;
}

/* A text or bytes, with a NUL behind them. */
static bool
hand_out_long(struct db_stmt *st, unsigned column)
{
	struct value *v = &st->out[column];
	unsigned long length = v->is_null ? 0 : v->length;
	char *data = v->is_null ? NULL : arena_alloc(v->arena, length + 1);
	MYSQL_BIND b = {
		.buffer_type = long_type(v->kind), .buffer = data,
		.buffer_length = length, .length = &v->length,
		.is_null = &v->is_null,
	};

	if (v->kind == KIND_STR) {
		*(const char **)v->to = data;
	} else {
		*(const void **)v->to = data;
		*v->to_len = length;
	}
	return length == 0 ||
	       mysql_stmt_fetch_column(st->handle, &b, column, 0) == 0;
}

/* Sets the target of one column from the fetched row. */
static bool
hand_out(struct db_stmt *st, unsigned column)
{
	struct value *v = &st->out[column];
	int64_t local = v->is_null || v->kind < KIND_AT ? CLOCK_NO_TIME
		: get_time(&v->time);
	bool is_none = local == CLOCK_NO_TIME;

	switch (v->kind) {
	case KIND_INT:
		*(int64_t *)v->to = v->is_null ? 0 : v->number;
		return true;
	case KIND_BOOL:
		*(bool *)v->to = !v->is_null && v->number != 0;
		return true;
	case KIND_STR:
	case KIND_BYTES:
		return hand_out_long(st, column);
	case KIND_AT:
		*(int64_t *)v->to = is_none ? CLOCK_NO_TIME : local * 1000 +
			(int64_t)(v->time.second_part / 1000);
		return true;
	case KIND_LOCAL:
		*(int64_t *)v->to = local;
		return true;
	case KIND_DAY:
		*(int32_t *)v->to = is_none ? CLOCK_NO_DAY : clock_day(local);
		return true;
	}
	return false;
}

enum db_result
db_next(struct db_stmt *st)
{
	int fetched;

	if (!st->running) {
		enum db_result rc = execute(st);

		if (rc != DB_OK)
			return rc;
	}
	fetched = mysql_stmt_fetch(st->handle);
	if (fetched == 0 || fetched == MYSQL_DATA_TRUNCATED) {
		for (unsigned i = 0; i < st->out_count; i++) {
			if (!hand_out(st, i))
				fetched = 1;
		}
		if (fetched != 1)
			return DB_OK;
	}
	st->running = false;
	if (fetched == MYSQL_NO_DATA) {
		mysql_stmt_free_result(st->handle);
		return DB_NONE;
	}
	return judge_error(st->db, mysql_stmt_errno(st->handle),
	                   stmts[st->id].name, mysql_stmt_error(st->handle));
}

enum db_result
db_one(struct db_stmt *st)
{
	enum db_result rc = db_next(st);

	if (rc == DB_OK) {
		mysql_stmt_free_result(st->handle);
		st->running = false;
	}
	return rc;
}

enum db_result
db_run(struct db_stmt *st)
{
	enum db_result rc = execute(st);

	if (rc != DB_OK)
		return rc;
	st->db->last_id = (int64_t)mysql_stmt_insert_id(st->handle);
	st->db->changed = (int64_t)mysql_stmt_affected_rows(st->handle);
	return st->db->changed > 0 ? DB_OK : DB_NONE;
}

int64_t
db_last_id(struct db *db)
{
	return db->last_id;
}

int64_t
db_changed(struct db *db)
{
	return db->changed;
}

bool
db_duplicate_key(struct db *db, const char *key)
{
	/* "... for key 'att_minute'"; MySQL 8 puts the table in front */
	const char *at = strstr(db->duplicate, "for key '");
	size_t len = strlen(key);

	if (at == NULL)
		return false;
	at += strlen("for key '");
	if (strchr(at, '.') != NULL)
		at = strchr(at, '.') + 1;
	return strncmp(at, key, len) == 0 && at[len] == '\'';
}

static enum db_result
command(struct db *db, const char *sql)
{
	if (db->conn == NULL)
		return DB_FAIL;
	if (mysql_query(db->conn, sql) == 0)
		return DB_OK;
	return judge_error(db, mysql_errno(db->conn), sql,
	                   mysql_error(db->conn));
}

enum db_result
db_tx_begin(struct db *db)
{
	enum db_result rc;

	if (db_connect(db) != DB_OK)
		return DB_FAIL;
	rc = command(db, "START TRANSACTION");
	if (rc == DB_FAIL && db->conn == NULL && db_connect(db) == DB_OK)
		rc = command(db, "START TRANSACTION");	/* was idle too long */
	db->in_tx = rc == DB_OK;
	return rc;
}

enum db_result
db_tx_commit(struct db *db)
{
	enum db_result rc = db->in_tx ? command(db, "COMMIT") : DB_FAIL;

	if (rc == DB_OK)
		db->in_tx = false;
	return rc;
}

void
db_tx_rollback(struct db *db)
{
	if (!db->in_tx)
		return;
	db->in_tx = false;
	if (db->conn != NULL && mysql_query(db->conn, "ROLLBACK") != 0) {
		log_error("database: rollback: %s", mysql_error(db->conn));
		disconnect(db);
	}
}

static void
hand_out_rows(MYSQL *conn, void (*each)(void *arg, const char *value),
              void *arg)
{
	MYSQL_RES *rows = mysql_store_result(conn);
	MYSQL_ROW row;

	while (rows != NULL && (row = mysql_fetch_row(rows)) != NULL) {
		if (each != NULL && row[0] != NULL)
			each(arg, row[0]);
	}
	mysql_free_result(rows);
}

enum db_result
db_script(struct db *db, const char *sql,
          void (*each)(void *arg, const char *value), void *arg, char *error,
          size_t size)
{
	int more = mysql_query(db->conn, sql) != 0;

	while (more == 0) {
		hand_out_rows(db->conn, each, arg);
		more = mysql_next_result(db->conn);
	}
	if (more < 0)
		return DB_OK;
	snprintf(error, size, "%s", mysql_error(db->conn));
	return DB_FAIL;
}
