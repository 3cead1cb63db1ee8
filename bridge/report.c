/* report.c: what the bridge tells of a terminal, and what is answered; pure */
#include "report.h"

#include <errno.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#define ERROR_MAX 200		/* the API takes no more */

/* ---- the report --------------------------------------------------------- */

static void
put_days(struct json_object *report, const struct spool_day *days,
         size_t count)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		char text[CLOCK_DAY_TEXT_SIZE];

		clock_format_day(days[i].day, text);
		json_object_array_add(list, json_object_new_string(text));
	}
	json_put(report, "days", list);
}

/* A clock of this machine that was set back makes it 0. */
static int64_t
ago_s(int64_t at, int64_t now_at)
{
	return now_at > at ? (now_at - at) / 1000 : 0;
}

void
report_format(struct buf *to, const struct terminal_state *s,
              const struct spool_counts *counts, const struct spool_day *days,
              size_t count)
{
	struct json_object *report = json_object_new_object();
	char when[CLOCK_TEXT_SIZE] = "";

	if (s->last_punch_local != SPOOL_NONE)
		clock_format(s->last_punch_local, when);
	json_put_text(report, "firmware", s->firmware);
	json_put_text(report, "platform", s->platform);
	json_put_text(report, "mac", s->mac);
	json_put_number(report, "log_count", s->log_count);
	json_put_number(report, "log_capacity", s->log_capacity);
	json_put_number(report, "user_count", s->user_count);
	json_put_number(report, "clock_offset", s->clock_offset);
	json_put_number(report, "waiting", counts->waiting);
	json_put_number(report, "parked", counts->parked);
	json_put_number(report, "set_aside", counts->aside);
	if (s->reached_at != SPOOL_NONE)
		json_put_number(report, "reached_ago",
		                ago_s(s->reached_at, clock_now_ms()));
	json_put_text(report, "last_punch", when);
	json_put_words(report, "last_error", s->error, ERROR_MAX);
	json_put_text(report, "bridge_version", GYMGATE_VERSION);
	if (count > 0)
		put_days(report, days, count);
	json_write(to, report);
}

/* ---- the answer --------------------------------------------------------- */

/* "0123abcd": eight hex digits. */
static bool
read_checksum(const char *text, uint32_t *out)
{
	char *end;
	unsigned long value;

	if (text == NULL || strlen(text) != 8 ||
	    strspn(text, "0123456789abcdef") != 8)
		return false;
	value = strtoul(text, &end, 16);
	*out = (uint32_t)value;
	return true;
}

static bool
read_day(struct json_object *from, struct spool_day *out)
{
	const char *day = json_text(from, "day");

	out->count = json_number(from, "count", -1);
	return day != NULL && clock_parse_day(day, &out->day) &&
	       out->count >= 0 &&
	       read_checksum(json_text(from, "checksum"), &out->checksum);
}

static bool
read_days(struct json_object *root, struct report_answer *out)
{
	struct json_object *list = json_list(root, "days");
	size_t count = list == NULL ? 0 : json_object_array_length(list);

	if (count > REPORT_DAYS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!read_day(json_object_array_get_idx(list, i),
		              &out->days[i]))
			return false;
	}
	out->day_count = count;
	return true;
}

static void
copy_text(struct json_object *root, const char *name, char *out, size_t size)
{
	const char *text = json_text(root, name);

	text_copy(out, size, text == NULL ? "" : text);
}

bool
report_read(const struct buf *body, struct report_answer *out)
{
	struct json_object *root = json_read(body);
	const char *start = root == NULL ? NULL : json_text(root, "start");
	int32_t day;
	bool ok;

	*out = (struct report_answer){ .start_day = SPOOL_NONE,
		                         .now_at = SPOOL_NONE };
	if (root == NULL)
		return false;
	copy_text(root, "zone", out->zone, sizeof out->zone);
	copy_text(root, "mac", out->mac, sizeof out->mac);
	out->now_at = json_number(root, "now_at", SPOOL_NONE);
	if (start != NULL && clock_parse_day(start, &day))
		out->start_day = day;
	ok = json_says(root, "status", true) && read_days(root, out);
	json_object_put(root);
	return ok;
}

/* ---- days --------------------------------------------------------------- */

/* A day without punches has no entry of ours. */
static bool
is_same(const struct spool_day *one, const struct spool_day *other)
{
	static const struct spool_day none;

	one = one == NULL ? &none : one;
	other = other == NULL ? &none : other;
	return one->count == other->count && one->checksum == other->checksum;
}

enum report_verdict
report_compare(const struct spool_day *before, const struct spool_day *after,
               const struct spool_day *server)
{
	if ((before != NULL && before->is_waiting) ||
	    (after != NULL && after->is_waiting))
		return REPORT_CHANGED;
	if (is_same(before, server) || is_same(after, server))
		return REPORT_SAME;
	return is_same(before, after) ? REPORT_DIFFERS : REPORT_CHANGED;
}

/* ---- users -------------------------------------------------------------- */

void
report_users_begin(struct buf *to)
{
	buf_append_str(to, "{\"users\":[");
}

void
report_users_add(struct buf *to, const struct spool_user *user)
{
	struct json_object *one = json_object_new_object();

	json_put(one, "user_id", json_object_new_string(user->user_id));
	json_put(one, "name", json_object_new_string(user->name));
	json_put(one, "privilege", json_object_new_int(user->privilege));
	json_put(one, "enabled",
	         json_object_new_boolean((user->privilege & 1) == 0));
	if (to->data[to->len - 1] == '}')
		buf_append_str(to, ",");
	json_write(to, one);
}

void
report_users_end(struct buf *to)
{
	buf_append_str(to, "]}");
}
