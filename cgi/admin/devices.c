/* devices.c: gymgate-admin device, token */
#include <stdio.h>

#include "admin/call.h"
#include "base/clock.h"
#include "base/text.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/token.h"

/* The branch of a new terminal, and the day from which its punches count. */
static int
find_device_place(struct admin_call *c, int64_t *branch_id, int32_t *start)
{
	struct company company;
	int64_t local;
	int status = admin_finish(company_find(c->db, c->arena, c->args[0],
	                                 &company),
	                    "there is no company of that code", "");

	if (status == 0)
		status = admin_find_branch(c, c->args[0], branch_id);
	if (status != 0)
		return status;
	if (*branch_id == 0)
		*branch_id = company.branch_id;
	if (*branch_id == 0)
		return admin_complain("the company has no branch yet: add one "
		                      "first");
	if (c->start != NULL)
		return 0;
	status = admin_finish(branch_local(c->db, c->arena, c->args[0],
	                                   *branch_id, c->now_at, &local), "",
	                      "");
	if (status == 0)
		*start = clock_day(local);
	return status;
}

int
admin_device_add(struct admin_call *c)
{
	int64_t branch_id;
	int32_t start = CLOCK_NO_DAY;
	enum db_result rc;
	int status;

	if (!text_is_word(c->args[1], DEVICE_SN_MAX, "-_."))
		return admin_misused("that is not a serial number");
	if (!admin_name_fits(c->args[2], COMPANY_NAME_MAX))
		return admin_misused("the name is empty or too long");
	if (c->start != NULL && !clock_parse_day(c->start, &start))
		return admin_misused("--start wants a day like 2026-03-12");
	status = find_device_place(c, &branch_id, &start);
	if (status != 0)
		return status;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = device_add(c->db, c->args[0], c->args[1], branch_id,
		                c->args[2], start, NULL, c->now_at);
	rc = admin_audited(c, rc, c->args[0], "add", "mst_devices",
	                   admin_last_row(c),
	                   "dev_sn,dev_branch_id,dev_name,dev_start");
	return admin_finish(rc, "", "the company has a terminal with this "
	                    "serial number already");
}

int
admin_device_close(struct admin_call *c)
{
	enum db_result rc = db_tx_begin(c->db);

	if (rc == DB_OK)
		rc = device_close(c->db, c->args[0], c->args[1], c->now_at);
	rc = admin_audited(c, rc, c->args[0], "close", "mst_devices",
	                   c->args[1], "dev_to_at");
	return admin_finish(rc, "the company has no such terminal", "");
}

int
admin_device_list(struct admin_call *c)
{
	struct device_state *list;
	size_t count;
	enum db_result rc = device_list(c->db, c->arena, c->args[0], 0, &list,
	                                &count);

	for (size_t i = 0; rc == DB_OK && i < count; i++) {
		char start[CLOCK_DAY_TEXT_SIZE], seen[CLOCK_TEXT_SIZE] = "";

		clock_format_day(list[i].start_day, start);
		if (list[i].seen_at != CLOCK_NO_TIME)
			clock_format(list[i].seen_at / 1000, seen);
		printf("%s\t%s\tcounts from %s\t%s%s\n", list[i].sn,
		       list[i].name, start, *seen == '\0' ?
		       "never reported" : "reported ", seen);
	}
	return admin_finish(rc, "", "");
}

int
admin_token_add(struct admin_call *c)
{
	char token[TOKEN_SIZE];
	enum db_result rc;

	if (!admin_name_fits(c->args[1], COMPANY_NAME_MAX))
		return admin_misused("the label is empty or too long");
	if (c->device != NULL &&
	    !text_is_word(c->device, DEVICE_SN_MAX, "-_."))
		return admin_misused("that is not a serial number");
	if (admin_need_company(c, c->args[0]) != 0)
		return ADMIN_REFUSED;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = token_add(c->db, c->args[0], c->args[1], c->device,
		               NULL, c->now_at, token);
	rc = admin_audited(c, rc, c->args[0], "add", "mst_api_tokens",
	                admin_last_row(c), "tok_label,tok_device_sn");
	if (rc == DB_OK)
		puts(token);	/* the only time that it is shown */
	return admin_finish(rc, "", "");
}

static void
print_token(const struct token_row *t)
{
	char made[CLOCK_TEXT_SIZE];

	clock_format(t->created_at / 1000, made);
	printf("%lld\t%s\t%s\tmade %s UTC%s\n", (long long)t->id, t->label,
	       t->device_sn == NULL ? "any terminal" : t->device_sn, made,
	       t->revoked_at == CLOCK_NO_TIME ? "" : "\trevoked");
}

int
admin_token_list(struct admin_call *c)
{
	return admin_finish(token_each(c->db, c->arena, c->args[0],
	                               print_token), "", "");
}

int
admin_token_revoke(struct admin_call *c)
{
	enum db_result rc;
	int64_t id;

	if (!text_to_int(c->args[1], 1, INT64_MAX, &id))
		return admin_misused("a token is named by its number in the "
		                     "list");
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = token_revoke(c->db, c->args[0], id, c->now_at);
	rc = admin_audited(c, rc, c->args[0], "revoke", "mst_api_tokens",
	                c->args[1], "tok_revoked_at");
	return admin_finish(rc, "the company has no such token in use", "");
}
