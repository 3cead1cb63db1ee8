/* command.c: orders on their way to a terminal, and what became of them */
#include "gym/command.h"

enum db_result
command_waiting(struct db *db, struct arena *a, const char *company,
                const char *sn, int64_t now_at, struct command_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_COMMAND_WAITING);
	struct command c;
	enum db_result rc;

	out->count = 0;
	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_at(st, now_at);
	db_out_int(st, &c.id);
	db_out_str(st, a, &c.kind);
	db_out_str(st, a, &c.user_id);
	db_out_int(st, &c.seconds);
	db_out_at(st, &c.expires_at);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count < COMMAND_LIST_MAX)
			out->rows[out->count++] = c;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static void
in_number(struct db_stmt *st, int64_t value)
{
	if (value == COMMAND_NO_NUMBER)
		db_in_null(st);
	else
		db_in_int(st, value);
}

enum db_result
command_settle(struct db *db, const char *company, const char *sn, int64_t id,
               int64_t now_at, const struct command_result *result)
{
	struct db_stmt *st = db_begin(db, STMT_COMMAND_SETTLE);
	enum db_result rc;
	int64_t found;

	db_in_str(st, result->is_done ? "DONE" : "FAILED");
	db_in_str(st, result->words);
	in_number(st, result->templates_before);
	in_number(st, result->templates_after);
	db_in_at(st, now_at);
	db_in_str(st, company);
	db_in_int(st, id);
	db_in_str(st, sn);
	db_in_at(st, now_at);
	rc = db_run(st);
	if (rc != DB_NONE)
		return rc;
	st = db_begin(db, STMT_COMMAND_FIND);
	db_in_str(st, company);
	db_in_int(st, id);
	db_in_str(st, sn);
	db_out_int(st, &found);
	rc = db_one(st);
	return rc == DB_OK ? DB_DUPLICATE : rc;
}
