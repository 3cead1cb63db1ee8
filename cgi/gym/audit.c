/* audit.c: who changed which fields of what, when, from where */
#include "gym/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
audit_field(struct audit_fields *fields, const char *name, bool differs)
{
	size_t len = strlen(fields->text);

	if (differs)
		snprintf(fields->text + len, sizeof fields->text - len,
		         "%s%s", len == 0 ? "" : ",", name);
}

enum db_result
audit_add(struct db *db, const struct audit *line, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_AUDIT_ADD);

	db_in_str(st, line->company);
	db_in_at(st, now_at);
	db_in_id(st, line->user_id);
	db_in_str(st, line->action);
	db_in_str(st, line->table);
	db_in_str(st, line->row);
	db_in_str(st, line->fields);
	db_in_str(st, line->address);
	return db_run(st);
}

enum db_result
audit_row(struct db *db, const struct actor *actor, const char *action,
          const char *table, int64_t id, const char *fields)
{
	char row[24];
	const struct audit line = { actor->company, actor->user_id, action,
		                    table, row, fields, actor->address };

	snprintf(row, sizeof row, "%" PRId64, id);
	return audit_add(db, &line, actor->now_at);
}
