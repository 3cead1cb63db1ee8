/* present_terminals.c: how the terminals are, ready to print */
#include "pages/present_terminals.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "gym/device_door.h"
#include "http/view.h"

#define CLOCK_RIGHT_S 5
#define CLOCK_WRONG_S 120
#define WAITING_MANY 50

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
