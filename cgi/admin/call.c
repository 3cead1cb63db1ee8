/* call.c: what the commands of gymgate-admin share */
#include "admin/call.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "gym/audit.h"
#include "gym/company.h"

int
admin_complain(const char *what)
{
	fprintf(stderr, "gymgate-admin: %s\n", what);
	return ADMIN_REFUSED;
}

int
admin_misused(const char *what)
{
	admin_complain(what);
	return ADMIN_MISUSED;
}

int
admin_finish(enum db_result rc, const char *if_none, const char *if_duplicate)
{
	switch (rc) {
	case DB_OK:
		return 0;
	case DB_NONE:
		return admin_complain(if_none);
	case DB_DUPLICATE:
		return admin_complain(if_duplicate);
	default:
		return admin_complain("the database failed; see above");
	}
}

enum db_result
admin_audited(struct admin_call *c, enum db_result rc, const char *company,
           const char *action, const char *table, const char *row,
           const char *fields)
{
	struct audit line = { company, 0, action, table, row, fields, "" };

	if (rc == DB_OK)
		rc = audit_add(c->db, &line, c->now_at);
	if (rc == DB_OK)
		rc = db_tx_commit(c->db);
	if (rc != DB_OK)
		db_tx_rollback(c->db);
	return rc;
}

const char *
admin_last_row(struct admin_call *c)
{
	return arena_printf(c->arena, "%lld", (long long)db_last_id(c->db));
}

bool
admin_name_fits(const char *name, size_t most)
{
	return *name != '\0' && strlen(name) <= most &&
	       text_is_utf8(name, strlen(name));
}

int
admin_need_company(struct admin_call *c, const char *code)
{
	struct company found;

	return admin_finish(company_find(c->db, c->arena, code, &found),
	              "there is no company of that code", "");
}

int
admin_find_branch(struct admin_call *c, const char *company, int64_t *id)
{
	*id = 0;
	if (c->branch == NULL)
		return 0;
	return admin_finish(branch_find(c->db, company, c->branch, id),
	              "the company has no branch of that name", "");
}
