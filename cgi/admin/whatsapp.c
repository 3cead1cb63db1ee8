/* whatsapp.c: gymgate-admin whatsapp: whose number at the service is whose */
#include <stdio.h>
#include <string.h>

#include "admin/call.h"
#include "gym/messaging.h"

#define NO_COMPANY "there is no company of that code"

/* Opened first: a company has no row of its own until it is needed. */
static int
set_phone_id(struct admin_call *c, const char *phone_id)
{
	struct messaging m;
	enum db_result rc = messaging_open(c->db, c->arena, c->args[0],
	                                   c->now_at, &m);

	if (rc == DB_OK)
		rc = db_tx_begin(c->db);
	if (rc != DB_OK)
		return admin_finish(rc, NO_COMPANY, "");
	rc = messaging_set_phone_id(c->db, c->args[0], phone_id);
	rc = admin_audited(c, rc, c->args[0], "change", "mst_messaging",
	                   c->args[0], phone_id == NULL
	                   ? "mgs_phone_id,mgs_sender" : "mgs_phone_id");
	return admin_finish(rc, "", "another company has that number");
}

int
admin_whatsapp_set(struct admin_call *c)
{
	const char *id = c->args[1];
	size_t len = strlen(id);

	if (len == 0 || len > MESSAGING_PHONE_ID_MAX ||
	    strspn(id, "0123456789") != len)
		return admin_misused("a phone number's id is up to 32 digits: "
		                     "not the number itself");
	return set_phone_id(c, id);
}

int
admin_whatsapp_clear(struct admin_call *c)
{
	return set_phone_id(c, NULL);
}

static void
print_number(const struct messaging_number *n)
{
	printf("%s\t%s\t%s%s\n", n->company, n->phone_id,
	       strcmp(n->sender, "CLOUD") == 0 ? "in use" : "not used",
	       n->is_paused ? ", paused" : "");
}

int
admin_whatsapp_list(struct admin_call *c)
{
	return admin_finish(messaging_each_number(c->db, c->arena,
	                                          print_number), "", "");
}
