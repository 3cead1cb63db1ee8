/* messaging.c: how a company sends its messages, and whether it may now */
#include "gym/messaging.h"

#include "base/clock.h"
#include "db/tx.h"
#include "gym/company.h"
#include "gym/message_rule.h"

#define MINUTE 60		/* seconds */

/* ---- reading, and what a company begins with ----------------------------- */

static enum db_result
read_row(struct db_stmt *st, struct arena *a, const char *company,
         struct messaging *m)
{
	db_in_str(st, company);
	db_out_str(st, a, &m->sender);
	db_out_int(st, &m->from_minute);
	db_out_int(st, &m->to_minute);
	db_out_int(st, &m->cap);
	db_out_int(st, &m->version);
	db_out_str(st, a, &m->phone_id);
	db_out_at(st, &m->paused_at);
	db_out_int(st, &m->pause_code);
	db_out_str(st, a, &m->pause_words);
	db_out_at(st, &m->slow_to_at);
	db_out_int(st, &m->slow_tries);
	db_out_int(st, &m->unknown_count);
	db_out_at(st, &m->heard_at);
	return db_one(st);
}

static enum db_result
find(struct db *db, struct arena *a, const char *company,
     struct messaging *out)
{
	return read_row(db_begin(db, STMT_MESSAGING_FIND), a, company, out);
}

enum db_result
messaging_lock(struct db *db, struct arena *a, const char *company,
               struct messaging *out)
{
	return read_row(db_begin(db, STMT_MESSAGING_LOCK), a, company, out);
}

struct beginning {
	const char *company;
	int64_t now_at;
};

static enum db_result
begin_row(struct db *db, const struct beginning *b)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_ADD);

	db_in_str(st, b->company);
	db_in_at(st, b->now_at);
	return db_run(st);
}

/* The company's row is held: of two who begin, one finds it done. */
static enum db_result
begin(struct db *db, void *arg)
{
	const struct beginning *b = arg;
	enum db_result rc = company_lock(db, b->company);

	if (rc != DB_OK)
		return rc;
	rc = begin_row(db, b);
	for (size_t i = 0; i < message_rule_default_count && rc == DB_OK; i++)
		rc = message_rule_insert(db, b->company,
		                         &message_rule_defaults[i], b->now_at);
	return rc;
}

enum db_result
messaging_open(struct db *db, struct arena *a, const char *company,
               int64_t now_at, struct messaging *out)
{
	enum db_result rc = find(db, a, company, out);

	if (rc != DB_NONE)
		return rc;
	rc = tx_run(db, begin, &(struct beginning){ company, now_at });
	return rc == DB_OK || rc == DB_DUPLICATE
		? find(db, a, company, out) : rc;
}

/* ---- hours --------------------------------------------------------------- */

int64_t
messaging_open_at(const char *zone, int64_t from_minute, int64_t to_minute,
                  int64_t now_at)
{
	int64_t local = clock_local(zone, now_at);
	int64_t midnight = clock_day(local) * (int64_t)CLOCK_DAY_SECONDS;
	int64_t minute = (local - midnight) / MINUTE;
	bool is_open = from_minute <= to_minute
		? minute >= from_minute && minute < to_minute
		: minute >= from_minute || minute < to_minute;

	if (is_open || from_minute == to_minute)
		return now_at;
	if (minute >= from_minute)
		midnight += CLOCK_DAY_SECONDS;
	return clock_instant(zone, midnight + from_minute * MINUTE);
}

/* ---- pauses -------------------------------------------------------------- */

static enum db_result
done(enum db_result rc)
{
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
messaging_pause(struct db *db, const char *company, int64_t code,
                const char *words, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_PAUSE);

	db_in_at(st, now_at);
	db_in_int(st, code);
	db_in_str(st, words);
	db_in_at(st, now_at);
	db_in_str(st, company);
	return done(db_run(st));
}

enum db_result
messaging_warn(struct db *db, const char *company, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_WARN);

	db_in_at(st, now_at);
	db_in_str(st, company);
	return done(db_run(st));
}

enum db_result
messaging_slow(struct db *db, const char *company, int64_t to_at,
               int64_t tries)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_SLOW);

	db_in_at(st, to_at);
	db_in_int(st, tries);
	db_in_str(st, company);
	return done(db_run(st));
}

/* ---- numbers at the service ---------------------------------------------- */

enum db_result
messaging_set_phone_id(struct db *db, const char *company,
                       const char *phone_id)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_SET_PHONE_ID);

	db_in_str(st, phone_id);
	db_in_str(st, phone_id);
	db_in_str(st, company);
	return db_run(st);
}

enum db_result
messaging_each_number(struct db *db, struct arena *a,
                      void (*each)(const struct messaging_number *n))
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_NUMBERS);
	struct messaging_number n;
	enum db_result rc;

	db_out_str(st, a, &n.company);
	db_out_str(st, a, &n.phone_id);
	db_out_str(st, a, &n.sender);
	db_out_bool(st, &n.is_paused);
	while ((rc = db_next(st)) == DB_OK)
		each(&n);
	return rc == DB_NONE ? DB_OK : rc;
}
