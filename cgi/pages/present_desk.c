/* present_desk.c: punches as the front desk shows them */
#include "pages/present_desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/company.h"
#include "http/view.h"
#include "pages/present.h"

#define ROWS 10			/* of the list */

/* ---- names --------------------------------------------------------------- */

/* Where the last word of a name begins; its first, where it has but one. */
static const char *
last_word(const char *name)
{
	const char *blank = strrchr(name, ' ');

	return blank == NULL ? name : blank + 1;
}

/* How many bytes the first character of a text takes. */
static size_t
first_len(const char *text)
{
	size_t len = *text == '\0' ? 0 : 1;

	while ((text[len] & 0xc0) == 0x80)
		len++;
	return len;
}

const char *
present_short_name(const char *name, char out[PRESENT_NAME_SIZE])
{
	const char *last = last_word(name);
	size_t first = strcspn(name, " ");

	if (last == name)
		snprintf(out, PRESENT_NAME_SIZE, "%s", name);
	else
		snprintf(out, PRESENT_NAME_SIZE, "%.*s %.*s.", (int)first,
		         name, (int)first_len(last), last);
	return out;
}

const char *
present_initials(const char *name, char out[PRESENT_NAME_SIZE])
{
	const char *last = last_word(name);

	snprintf(out, PRESENT_NAME_SIZE, "%.*s%.*s", (int)first_len(name), name,
	         last == name ? 0 : (int)first_len(last), last);
	return out;
}

/* ---- a punch ------------------------------------------------------------- */

/*
 * How many days are paid from today on, of who may enter; since when none is,
 * of whoever has run out.  Of the rest the reason says enough.
 */
static void
present_days(json_object *model, const struct feed_row *row, int32_t day)
{
	int32_t left = row->until_day == CLOCK_NO_DAY ? 0
		: row->until_day - day;
	bool is_known = !row->is_unmapped && row->until_day != CLOCK_NO_DAY;
	bool is_left = is_known && row->state == ADMIT_ALLOWED &&
		!row->is_denied && left >= 0;
	bool is_over = is_known && row->state == ADMIT_EXPIRED && left < 0;
	char text[VIEW_TEXT_SIZE];

	present_bool(model, "ends_today", is_left && left == 0);
	present_bool(model, "ends_tomorrow", is_left && left == 1);
	present_str(model, "left_text", is_left && left > 1
	            ? view_number_text(left, text) : NULL);
	present_bool(model, "ended_yesterday", is_over && left == -1);
	present_str(model, "ended_text", is_over && left < -1
	            ? view_number_text(-(int64_t)left, text) : NULL);
}

static void
present_who(json_object *model, const struct feed_row *row, bool is_short)
{
	char name[PRESENT_NAME_SIZE], url[64];

	present_str(model, "who_text", row->member == NULL ? NULL : is_short
	            ? present_short_name(row->member, name) : row->member);
	present_str(model, "initials_text", row->member == NULL ? NULL
	            : present_initials(row->member, name));
	snprintf(url, sizeof url, "/desk/photos/%" PRId64 "/large.jpg",
	         row->member_id);
	present_str(model, "photo_url", row->has_photo ? url : NULL);
}

json_object *
present_desk_punch(const struct feed_row *row, int32_t day, bool is_short)
{
	json_object *model = json_object_new_object();
	char id[32], at[CLOCK_TEXT_SIZE], time[VIEW_TEXT_SIZE], came[32];

	snprintf(id, sizeof id, "%c%" PRId64, row->is_unmapped ? 'i' : 'a',
	         row->id);
	snprintf(came, sizeof came, "%" PRId64, row->received_at);
	clock_format(row->punch_local, at);
	present_str(model, "row_id", id);
	present_str(model, "punch_at", at);
	present_str(model, "came_text", came);
	present_str(model, "time_text", view_time_text(row->punch_local,
	                                               time));
	present_str(model, "terminal_text", row->terminal != NULL &&
	            *row->terminal == '\0' ? NULL : row->terminal);
	present_bool(model, "is_unmapped", row->is_unmapped);
	present_bool(model, "is_denied", row->is_denied);
	present_bool(model, "is_allowed", !row->is_unmapped &&
	             !row->is_denied);
	present_bool(model, "is_late", row->is_late);
	present_str(model, "number_text", row->is_unmapped ? row->user_id
	            : NULL);
	present_str(model, "reason_text", row->reason);
	present_str(model, "warning_text", row->warning);
	present_who(model, row, is_short);
	present_days(model, row, day);
	return model;
}

/* ---- the page ------------------------------------------------------------ */

/* The last to arrive, but for those that came late; NULL: there is none. */
static const struct feed_row *
last_arrived(const struct feed_list *list)
{
	const struct feed_row *last = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct feed_row *row = &list->rows[i];

		if (!row->is_late && (last == NULL ||
		                      row->received_at > last->received_at))
			last = row;
	}
	return last;
}

/*
 * The newest ten by their own time; and the last that arrived, to be shown
 * large: a terminal whose clock is ahead must not keep that place.
 */
static void
present_rows(json_object *model, const struct feed_list *list, int32_t day,
             bool is_short)
{
	const struct feed_row *last = last_arrived(list);
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count && i < ROWS; i++)
		json_object_array_add(rows, present_desk_punch(&list->rows[i],
		                                               day, is_short));
	json_object_object_add(model, "rows", rows);
	json_object_object_add(model, "last", last == NULL ? NULL
	                       : present_desk_punch(last, day, is_short));
	present_bool(model, "has_rows", list->count > 0);
}

/* What moves on when the program or the display is another: a new page. */
static void
present_frame(struct req *req, json_object *model, const char *zone,
              int32_t day)
{
	const struct display *d = req->caller.display;
	char text[CLOCK_DAY_TEXT_SIZE], words[VIEW_TEXT_SIZE];

	clock_format_day(day, text);
	present_str(model, "page_key", arena_printf(req->arena, "%s-%" PRId64
	            "-%" PRId64, GYMGATE_VERSION, d->id, d->version));
	present_str(model, "now_text", arena_printf(req->arena, "%" PRId64,
	                                            req->now_at));
	present_str(model, "zone_text", zone);
	present_str(model, "day_key", text);
	present_str(model, "day_text", view_weekday_text(day, words));
	present_str(model, "clock_text", view_time_text(
		clock_local(zone, req->now_at), words));
	present_str(model, "company_text", d->company_name);
	present_str(model, "branch_text", d->branch_name);
	present_bool(model, "has_sound", d->has_sound);
}

enum status
present_desk(struct req *req, json_object *model)
{
	const struct display *d = req->caller.display;
	struct feed_scope scope = { d->company, d->branch_id };
	const char *zone = "UTC";
	struct feed_list list;
	int32_t day;
	enum db_result rc = branch_zone(req->db, req->arena, d->company,
	                                d->branch_id, &zone);

	if (rc != DB_OK && rc != DB_NONE)
		return HTTP_503;
	if (rc == DB_NONE)
		zone = "UTC";	/* no branch yet */
	day = clock_day(clock_local(zone, req->now_at));
	if (feed_day(req->db, req->arena, &scope, day, &list) != DB_OK ||
	    feed_judge(req->db, req->arena, &scope, day, &list) != DB_OK)
		return HTTP_503;
	present_frame(req, model, zone, day);
	present_rows(model, &list, day, d->has_short_names);
	return HTTP_200;
}
