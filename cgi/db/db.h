/* db.h: the database: named statements, values in, rows out */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/stmt.h"

enum db_result {
	DB_OK,		/* done; of a read: there is a row */
	DB_NONE,	/* no row read, none changed */
	DB_DUPLICATE,	/* error 1062: db_duplicate_key() says which key */
	DB_AGAIN,	/* lost a deadlock or a lock wait: repeat the whole
	                   transaction, which is rolled back already */
	DB_FAIL,	/* anything else, already logged */
};

struct db_options {
	const char *socket;	/* path; "" for TCP */
	const char *host;
	int port;
	const char *name, *user;
	const char *password;	/* "" for none */
	bool tls;		/* on TCP: required, certificate checked */
	bool is_patient;	/* waits for an answer as long as it takes */
};

struct db;
struct db_stmt;

/*
 * A connection that is opened at first use and opened again whenever it was
 * lost.  The server then reads all statements, so that one that does not fit
 * is found before it is needed; kept prepared are only those that are used.
 * `options` must outlive it.
 */
struct db *db_create(const struct db_options *options);
void db_destroy(struct db *db);
/* Another connection to the same, for what a transaction must not hold back. */
struct db *db_another(const struct db *db);

/*
 * Connects now, if not connected.  DB_OK; DB_NONE when the server cannot be
 * reached; DB_FAIL when it refuses us or one of the statements, which no
 * waiting will mend.  Logged.
 */
enum db_result db_connect(struct db *db);
/* Does it answer?  One round trip. */
bool db_ping(struct db *db);

/*
 * One use of a statement: begin, values in the order of its question marks,
 * targets in the order of its columns, then one of db_one, db_next, db_run.
 * A failure on the way sticks and is returned by that last call.  Only one
 * use of the same statement at a time.
 */
struct db_stmt *db_begin(struct db *db, enum stmt_id which);

/* Strings are not copied and must live until the statement has run. */
void db_in_str(struct db_stmt *st, const char *value);	/* NULL: NULL */
/* As strings: not copied. */
void db_in_bytes(struct db_stmt *st, const void *data, size_t len);
void db_in_int(struct db_stmt *st, int64_t value);
void db_in_id(struct db_stmt *st, int64_t id);		/* 0: NULL */
void db_in_null(struct db_stmt *st);
void db_in_at(struct db_stmt *st, int64_t at);		/* CLOCK_NO_TIME: NULL */
void db_in_local(struct db_stmt *st, int64_t local);	/* CLOCK_NO_TIME: NULL */
void db_in_day(struct db_stmt *st, int32_t day);	/* CLOCK_NO_DAY: NULL */

/* Targets are set at each row; NULL gives what the line says. */
void db_out_int(struct db_stmt *st, int64_t *to);	/* 0 */
void db_out_bool(struct db_stmt *st, bool *to);		/* false */
void db_out_str(struct db_stmt *st, struct arena *a, const char **to);	/* NULL */
void db_out_bytes(struct db_stmt *st, struct arena *a, const void **to,
                  size_t *len);				/* NULL, 0 */
void db_out_at(struct db_stmt *st, int64_t *to);	/* CLOCK_NO_TIME */
void db_out_local(struct db_stmt *st, int64_t *to);	/* CLOCK_NO_TIME */
void db_out_day(struct db_stmt *st, int32_t *to);	/* CLOCK_NO_DAY */

/* Runs a read and fetches its first row: DB_OK, DB_NONE or DB_FAIL. */
enum db_result db_one(struct db_stmt *st);
/* The same row by row: DB_OK for each, then DB_NONE; or DB_FAIL, DB_AGAIN. */
enum db_result db_next(struct db_stmt *st);
/* Runs a write: DB_OK, DB_NONE (no row changed), or another result. */
enum db_result db_run(struct db_stmt *st);

/* The id that the last write gave, and how many rows it changed. */
int64_t db_last_id(struct db *db);
int64_t db_changed(struct db *db);
/* Was the last DB_DUPLICATE on this key (as named in the migration)? */
bool db_duplicate_key(struct db *db, const char *key);

/*
 * A transaction.  Reads and writes between them belong to it; after DB_AGAIN
 * or DB_FAIL, roll back.  A lost connection rolls back by itself.
 */
enum db_result db_tx_begin(struct db *db);
enum db_result db_tx_commit(struct db *db);
void db_tx_rollback(struct db *db);

/*
 * Runs a text of many statements, as a migration is; for gymgate-admin.
 * `each`, which may be NULL, gets the first column of every row they give.
 * `error` gets one line on DB_FAIL.
 */
enum db_result db_script(struct db *db, const char *sql,
                         void (*each)(void *arg, const char *value),
                         void *arg, char *error, size_t size);
/* As db_connect, but reads no statement: before the tables are there. */
enum db_result db_connect_bare(struct db *db);

#endif
