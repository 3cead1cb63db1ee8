/* companies.c: gymgate-admin migrate, company, branch */
#include <stdio.h>
#include <string.h>

#include "admin/call.h"
#include "base/clock.h"
#include "base/text.h"
#include "gym/company.h"
#include "gym/migrate.h"

static void
say_migration(const char *name)
{
	printf("applying %s\n", name);
}

int
admin_migrate(struct admin_call *c)
{
	char error[512];

	if (!site_load_migrate(&c->site, error, sizeof error) ||
	    !migrate_run(&c->site, c->now_at, say_migration, error,
	                 sizeof error))
		return admin_complain(error);
	puts("the database is up to date");
	return 0;
}

int
admin_company_add(struct admin_call *c)
{
	const char *currency = c->currency == NULL ? "INR" : c->currency;
	enum db_result rc;

	if (!text_is_word(c->args[0], COMPANY_CODE_MAX, "-_"))
		return admin_misused("a company code is 1 to 16 letters or "
		                     "digits");
	if (!admin_name_fits(c->args[1], COMPANY_NAME_MAX))
		return admin_misused("the name is empty or too long");
	if (strlen(currency) != 3 || strspn(currency,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return admin_misused("a currency is three capitals, like INR");
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = company_add(c->db, c->args[0], c->args[1], currency,
		                 c->now_at);
	rc = admin_audited(c, rc, c->args[0], "add", "mst_companies",
	                   c->args[0], "cmp_name,cmp_currency");
	return admin_finish(rc, "", "a company of that code is there already");
}

static void
print_company(const char *code, const char *name, const char *status)
{
	printf("%s\t%s\t%s\n", code, name, status);
}

int
admin_company_list(struct admin_call *c)
{
	return admin_finish(company_each(c->db, c->arena, print_company), "",
	                    "");
}

int
admin_branch_add(struct admin_call *c)
{
	static const struct branch_hours hours = BRANCH_HOURS;
	enum db_result rc;

	if (!admin_name_fits(c->args[1], COMPANY_NAME_MAX))
		return admin_misused("the name is empty or too long");
	if (!clock_zone_valid(c->args[2]))
		return admin_misused("the zone is not one like Asia/Kolkata");
	if (admin_need_company(c, c->args[0]) != 0)
		return ADMIN_REFUSED;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = branch_add(c->db, c->args[0], c->args[1], c->args[2],
		                &hours, NULL, c->now_at);
	rc = admin_audited(c, rc, c->args[0], "add", "mst_branches",
	                   admin_last_row(c), "brn_name,brn_zone");
	return admin_finish(rc, "", "a branch of that name is there already");
}

static void
print_branch(const struct branch *b)
{
	printf("%lld\t%s\t%s\n", (long long)b->id, b->name, b->zone);
}

int
admin_branch_list(struct admin_call *c)
{
	return admin_finish(branch_each(c->db, c->arena, c->args[0],
	                                print_branch), "", "");
}
