/* present.c: C structs into models ready to print */
#include "pages/present.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/phone.h"
#include "base/text.h"
#include "gym/company.h"
#include "http/view.h"
#include "pages/present_day.h"
#include "pages/present_terminals.h"

void
present_str(json_object *model, const char *name, const char *text)
{
	json_object_object_add(model, name, text == NULL ? NULL
	                       : json_object_new_string(text));
}

void
present_bool(json_object *model, const char *name, bool value)
{
	json_object_object_add(model, name, json_object_new_boolean(value));
}

void
present_number(json_object *model, const char *name, int64_t number)
{
	char text[VIEW_TEXT_SIZE];

	present_str(model, name, view_number_text(number, text));
}

/* Where a page belongs in the navigation, by how its path begins. */
static const struct {
	const char *path, *flag;
} places[] = {
	{ "/account", "is_at_account" },
	{ "/attendance", "is_at_attendance" },
	{ "/devices", "is_at_devices" },
	{ "/inbox", "is_at_inbox" },
	{ "/mappings", "is_at_devices" },
	{ "/members", "is_at_members" },
	{ "/messages", "is_at_messages" },
	{ "/payments", "is_at_payments" },
	{ "/plans", "is_at_payments" },
	{ "/reports", "is_at_reports" },
	{ "/settings", "is_at_settings" },
	{ "/settings/access", "is_at_access" },
	{ "/settings/audit", "is_at_audit" },
	{ "/settings/displays", "is_at_displays" },
	{ "/settings/import", "is_at_import" },
	{ "/settings/messages", "is_at_messaging" },
	{ "/settings/users", "is_at_users" },
};

static void
present_place(json_object *model, const char *path)
{
	present_bool(model, "is_at_today", strcmp(path, "/") == 0);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		present_bool(model, places[i].flag, false);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const char *rest = text_after(path, places[i].path);

		if (rest != NULL && (*rest == '\0' || *rest == '/'))
			present_bool(model, places[i].flag, true);
	}
}

void
present_session(json_object *model, const struct session *session,
                const char *csrf, const char *path)
{
	present_bool(model, "is_signed_in", true);
	present_bool(model, "is_owner", session->is_owner);
	present_bool(model, "is_head", session->is_owner &&
	             session->branch_id == 0);
	present_place(model, path);
	present_str(model, "company_name", session->company_name);
	present_str(model, "user_text", session->user_name);
	present_str(model, "csrf", csrf);
}

void
present_nobody(json_object *model)
{
	present_bool(model, "is_signed_in", false);
}

void
present_mac_url(json_object *model, const char *sn)
{
	char url[DEVICE_SN_MAX + 32];

	snprintf(url, sizeof url, "/devices/%s/mac", sn);
	present_str(model, "mac_url", url);
}

void
present_phone(json_object *model, const char *name, const char *e164,
              const char *country)
{
	char text[PHONE_TEXT_SIZE];
	struct buf out = BUF_INIT;

	if (e164 != NULL) {
		/* no line ends within it */
		for (const char *s = phone_text(e164, country, text);
		     *s != '\0'; s++)
			buf_append(&out, *s == ' ' ? "\xc2\xa0" : s,
			           *s == ' ' ? 2 : 1);
	}
	present_str(model, name, out.data);
	buf_finish(&out);
}

void
present_money(json_object *model, const char *name, int64_t amount,
              const char *currency)
{
	char text[MONEY_TEXT_SIZE];

	present_str(model, name, money_text(amount, currency, text));
}

void
present_method(json_object *model, const char *method)
{
	static const char *const flags[][2] = {
		{ "CASH", "is_cash" }, { "UPI", "is_upi" },
		{ "CARD", "is_card" }, { "BANK", "is_bank" },
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		present_bool(model, flags[i][1],
		             strcmp(method, flags[i][0]) == 0);
}

void
present_day(json_object *model, const char *name, int32_t day)
{
	char text[VIEW_TEXT_SIZE];

	present_str(model, name, day == CLOCK_NO_DAY ? NULL
	            : view_day_text(day, text));
}

void
present_moment(json_object *model, const char *name, int64_t local)
{
	char day[VIEW_TEXT_SIZE], time[VIEW_TEXT_SIZE];
	char text[2 * VIEW_TEXT_SIZE + 2];

	if (local == CLOCK_NO_TIME) {
		present_str(model, name, NULL);
		return;
	}
	snprintf(text, sizeof text, "%s, %s",
	         view_day_text(clock_day(local), day),
	         view_time_text(local, time));
	present_str(model, name, text);
}

void
present_instant(json_object *model, const char *name, int64_t at,
                const char *zone)
{
	present_moment(model, name, at == CLOCK_NO_TIME ? CLOCK_NO_TIME
	               : clock_local(zone, at));
}

void
present_state(json_object *model, const struct member *member)
{
	static const char *const flags[ADMIT_STANDINGS] = {
		[ADMIT_ALLOWED] = "is_active",
		[ADMIT_NONE] = "is_none",
		[ADMIT_EXPIRED] = "is_expired",
		[ADMIT_NOT_STARTED] = "is_future",
		[ADMIT_FROZEN] = "is_frozen",
		[ADMIT_INACTIVE] = "is_inactive",
	};

	for (int i = 0; i < ADMIT_STANDINGS; i++)
		present_bool(model, flags[i], (int)member->state == i);
	present_day(model, "until_text", member->until_day);
}

void
present_number_url(json_object *model, const char *sn, const char *user_id)
{
	char url[DEVICE_SN_MAX + 80];

	if (sn != NULL)
		snprintf(url, sizeof url, "/devices/%s/mappings/new?user=%s",
		         sn, user_id);
	present_str(model, "number_url", sn == NULL ? NULL : url);
}

json_object *
present_punch(const struct feed_row *row)
{
	json_object *model = json_object_new_object();
	char id[32], at[CLOCK_TEXT_SIZE], time[VIEW_TEXT_SIZE];

	snprintf(id, sizeof id, "%c%lld", row->is_unmapped ? 'i' : 'a',
	         (long long)row->id);
	clock_format(row->punch_local, at);
	present_str(model, "row_id", id);
	present_str(model, "punch_at", at);
	present_str(model, "time_text", view_time_text(row->punch_local,
	                                               time));
	present_str(model, "terminal_text", row->terminal != NULL &&
	            *row->terminal == '\0' ? NULL : row->terminal);
	present_number_url(model, row->is_unmapped ? row->device_sn : NULL,
	                   row->user_id);
	present_bool(model, "is_unmapped", row->is_unmapped);
	present_bool(model, "is_denied", row->is_denied);
	present_bool(model, "is_allowed", !row->is_unmapped &&
	             !row->is_denied);
	present_str(model, "member_text", row->member);
	present_str(model, "user_text", row->user_id);
	present_str(model, "reason_text", row->reason);
	present_str(model, "warning_text", row->warning);
	present_bool(model, "is_late", row->is_late);
	return model;
}

static bool
find_local(struct db *db, struct arena *a, const struct feed_scope *scope,
           int64_t now_at, int64_t *local)
{
	switch (branch_local(db, a, scope->company, scope->branch_id, now_at,
	                     local)) {
	case DB_OK:
		return true;
	case DB_NONE:	/* no branch yet, so nothing to show on any day */
		*local = now_at / 1000;
		return true;
	default:
		return false;
	}
}

bool
present_find_day(struct db *db, struct arena *a, const struct feed_scope *scope,
                 int64_t now_at, int32_t *day)
{
	int64_t local;
	bool is_found = find_local(db, a, scope, now_at, &local);

	if (is_found)
		*day = clock_day(local);
	return is_found;
}

enum status
present_read_today(struct db *db, struct arena *a,
                   const struct feed_scope *scope, int64_t now_at,
                   struct today_usual *kept, struct present_today *out)
{
	int64_t local;

	*out = (struct present_today){ .now_at = now_at };
	if (!find_local(db, a, scope, now_at, &local))
		return HTTP_503;
	out->day = clock_day(local);
	if ((kept == NULL && feed_day(db, a, scope, out->day, &out->rows) !=
	     DB_OK) ||
	    feed_count(db, a, scope, out->day, &out->counts) != DB_OK ||
	    today_read(db, a, scope, now_at, local, &out->counts, kept,
	               &out->today) != DB_OK ||
	    subscription_count(db, scope->company, scope->branch_id, out->day,
	                       &out->members) != DB_OK ||
	    device_list(db, a, scope->company, scope->branch_id,
	                &out->devices, &out->device_count) != DB_OK)
		return HTTP_503;
	return HTTP_200;
}

void
present_counts(json_object *model, const struct present_today *today)
{
	char day[VIEW_TEXT_SIZE];

	present_str(model, "day_text", view_weekday_text(today->day, day));
	present_day_goes(model, &today->today, today->counts.allowed);
	present_number(model, "came_text", today->counts.allowed);
	present_number(model, "refused_text", today->counts.denied);
	present_number(model, "unmapped_text", today->counts.unmapped);
	present_bool(model, "has_refused", today->counts.denied > 0);
	present_bool(model, "has_unmapped", today->counts.unmapped > 0);
	present_number(model, "active_text", today->members.active);
	present_number(model, "expiring_text", today->members.expiring);
	present_number(model, "within_text", today->members.expiring_days);
	present_bool(model, "is_within_one", today->members.expiring_days == 1);
	present_number(model, "expired_text", today->members.expired);
}

void
present_feed(json_object *model, const struct present_today *today)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < today->rows.count; i++)
		json_object_array_add(rows,
		                      present_punch(&today->rows.rows[i]));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", today->rows.count > 0);
	present_str(model, "lists", NULL);	/* only the page has them */
	present_counts(model, today);
	present_terminals(model, today);
}
