/* member_edit.c: what is known of a member, changed */
#include "gym/member_edit.h"

#include <string.h>

#include "db/tx.h"
#include "gym/company.h"
#include "gym/message.h"

enum db_result
member_lock(struct db *db, const char *company, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_LOCK);
	int64_t found;

	db_in_str(st, company);
	db_in_int(st, id);
	db_out_int(st, &found);
	return db_one(st);
}

static bool
differ(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) != 0;
}

/* "mbr_name,mbr_phone": the columns in which they are not the same. */
static const char *
changed_fields(struct arena *a, const struct member *m,
               const struct member *was)
{
	const struct {
		const char *column;
		bool differs;
	} columns[] = {
		{ "mbr_birth_date", m->birth_day != was->birth_day },
		{ "mbr_branch_id", m->branch_id != was->branch_id },
		{ "mbr_code", differ(m->code, was->code) },
		{ "mbr_email", differ(m->email, was->email) },
		{ "mbr_joined_date", m->joined_day != was->joined_day },
		{ "mbr_name", differ(m->name, was->name) },
		{ "mbr_notes", differ(m->notes, was->notes) },
		{ "mbr_phone", differ(m->phone, was->phone) },
	};
	const char *fields = "";

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		if (columns[i].differs)
			fields = arena_printf(a, "%s%s%s", fields,
			                      *fields == '\0' ? "" : ",",
			                      columns[i].column);
	}
	return fields;
}

static enum db_result
store(struct db *db, const char *company, const struct member *m)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_EDIT);

	db_in_int(st, m->branch_id);
	db_in_str(st, m->code);
	db_in_str(st, m->name);
	db_in_str(st, m->phone);
	db_in_str(st, m->email);
	db_in_day(st, m->joined_day);
	db_in_day(st, m->birth_day);
	db_in_str(st, m->notes == NULL ? "" : m->notes);
	db_in_str(st, company);
	db_in_int(st, m->id);
	db_in_int(st, m->version);
	return db_run(st);
}

struct edit {
	struct arena *arena;
	const struct actor *actor;
	const struct member *member;
};

static enum db_result
edit(struct db *db, void *arg)
{
	const struct edit *e = arg;
	const struct member *m = e->member;
	const char *company = e->actor->company, *fields;
	struct member was;
	enum db_result rc = member_lock(db, company, m->id);

	if (rc == DB_OK)
		rc = member_find(db, e->arena, company, 0, m->id, &was);
	if (rc != DB_OK)
		return rc;
	if (was.version != m->version)
		return DB_NONE;
	fields = changed_fields(e->arena, m, &was);
	if (*fields == '\0')
		return DB_OK;
	rc = store(db, company, m);
	/* lists and counts of a branch are drawn by it */
	if (rc == DB_OK && m->branch_id != was.branch_id)
		rc = company_bump(db, company);
	if (rc == DB_OK && m->branch_id != was.branch_id)
		rc = message_move(db, company, m->id, m->branch_id);
	return rc == DB_OK ? audit_row(db, e->actor, "change",
	                               "mst_members_lists", m->id, fields) : rc;
}

enum db_result
member_edit(struct db *db, struct arena *a, const struct actor *actor,
            const struct member *m)
{
	return tx_run(db, edit, &(struct edit){ a, actor, m });
}
