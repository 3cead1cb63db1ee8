/* present.c: C structs into models ready to print */
#include "pages/present.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/phone.h"
#include "base/text.h"
#include "gym/company.h"
#include "gym/device_door.h"
#include "http/view.h"
#include "pages/present_day.h"

#define CLOCK_RIGHT_S 5
#define CLOCK_WRONG_S 120
#define WAITING_MANY 50

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

/* The clock of a terminal: right, ahead, behind, or not known. */
static bool
present_clock(json_object *model, const struct device_state *d)
{
	int64_t off = d->has_clock ? d->clock_offset_s : 0;
	bool is_right = llabs(off) <= CLOCK_RIGHT_S;
	char text[VIEW_TEXT_SIZE];

	present_bool(model, "has_clock", d->has_clock);
	present_bool(model, "is_clock_right", d->has_clock && is_right);
	present_bool(model, "is_clock_ahead", !is_right && off > 0);
	present_bool(model, "is_clock_behind", !is_right && off < 0);
	present_str(model, "clock_text", view_span_text(off, text));
	present_bool(model, "is_clock_wrong", llabs(off) > CLOCK_WRONG_S);
	return llabs(off) > CLOCK_WRONG_S;
}

/*
 * What was read of a terminal that does not answer is shown with its age.
 * Until when it is known not to have answered, its bridge says: one that is
 * silent itself has no news of it.
 */
static bool
present_answer(json_object *model, const struct device_state *d,
               int64_t now_at, bool is_silent)
{
	bool is_known = d->reached_at != CLOCK_NO_TIME;
	bool is_unreached = is_known &&
		d->seen_at - d->reached_at > DEVICE_SILENT_MS;
	bool is_old = is_unreached || (is_known && is_silent);
	int64_t until_at = is_silent ? d->seen_at : now_at;
	char text[VIEW_TEXT_SIZE];

	present_str(model, "unreached_text", !is_unreached ? NULL
	            : view_span_text((until_at - d->reached_at) / 1000, text));
	present_str(model, "age_text", !is_old ? NULL
	            : view_ago_text(d->reached_at, now_at, text));
	return is_unreached;
}

/*
 * The log of a terminal, and whether to clear it.  That cannot be undone, so
 * not while some of it may not have been read and sent; `is_troubled` counts
 * what stands in the way, which parked and unusable records do not: the bridge
 * keeps them.
 */
static bool
present_log(json_object *model, const struct device_state *d, bool is_troubled)
{
	bool is_filling = d->log_capacity > 0 && d->log_count * 100 >
		d->log_capacity * DEVICE_LOG_FULL_PERCENT;

	present_bool(model, "has_log", d->log_capacity > 0);
	present_number(model, "log_text", d->log_count);
	present_number(model, "capacity_text", d->log_capacity);
	present_bool(model, "is_log_filling", is_filling);
	present_bool(model, "may_clear_log", !is_troubled && d->waiting == 0);
	return is_filling;
}

/* What is wrong with its door. */
static bool
present_door(json_object *model, const struct device_state *d, int64_t now_at)
{
	bool is_on = d->enforced_at != CLOCK_NO_TIME;
	bool is_old = device_door_is_old(d->enforced_at, d->door_list_at,
	                                 now_at);
	bool is_pending = is_on && d->door_pending > 0;
	char url[DEVICE_SN_MAX + 32];

	snprintf(url, sizeof url, "/devices/%s/door", d->sn);
	present_str(model, "door_url", url);
	snprintf(url, sizeof url, "/devices/%s/unlock", d->sn);
	present_str(model, "unlock_url", d->has_relay ? url : NULL);
	present_str(model, "door_trouble_text", d->door_trouble);
	present_bool(model, "is_door_old", is_old);
	present_bool(model, "is_door_pending", is_pending);
	present_number(model, "pending_text", d->door_pending);
	return d->door_trouble != NULL || is_old || is_pending;
}

static json_object *
present_terminal(const struct device_state *d, int64_t now_at)
{
	json_object *model = json_object_new_object();
	bool is_new = d->seen_at == CLOCK_NO_TIME;
	bool is_silent = !is_new && now_at - d->seen_at > DEVICE_SILENT_MS;
	bool is_unreached = present_answer(model, d, now_at, is_silent);
	bool is_clock_wrong = present_clock(model, d);
	bool is_off = is_silent || is_unreached || is_clock_wrong ||
		d->last_error != NULL || d->other_mac != NULL;
	bool is_filling = present_log(model, d, is_off);
	bool is_waiting = d->waiting > WAITING_MANY;
	bool is_door_off = present_door(model, d, now_at);
	bool is_troubled = !is_new && (is_off || is_filling || is_waiting ||
		is_door_off ||
		d->parked > 0 || d->set_aside > 0);
	char text[VIEW_TEXT_SIZE];

	present_str(model, "name_text", d->name);
	present_str(model, "device_sn", d->sn);
	present_bool(model, "is_new", is_new);
	present_bool(model, "is_troubled", is_troubled);
	present_bool(model, "is_working", !is_new && !is_troubled);
	present_str(model, "report_text", is_new ? NULL
	            : view_ago_text(d->seen_at, now_at, text));
	present_number(model, "waiting_text", d->waiting);
	present_number(model, "parked_text", d->parked);
	present_bool(model, "is_silent", is_silent);
	present_bool(model, "is_waiting", is_waiting);
	present_bool(model, "is_parked", d->parked > 0);
	present_number(model, "set_aside_text", d->set_aside);
	present_bool(model, "is_set_aside", d->set_aside > 0);
	present_bool(model, "is_one_aside", d->set_aside == 1);
	present_str(model, "error_text", d->last_error);
	present_str(model, "other_mac_text", d->other_mac);
	present_mac_url(model, d->sn);
	present_str(model, "links", NULL);	/* only the page of terminals has */
	return model;
}

void
present_terminals(json_object *model, const struct present_today *today)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < today->device_count; i++)
		json_object_array_add(list, present_terminal(
			&today->devices[i], today->now_at));
	json_object_object_add(model, "terminals", list);
	present_bool(model, "has_terminals", today->device_count > 0);
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
