/* test_present.c: from C structs to the dashboard, drawn with the real pages */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/view.h"
#include "pages/present.h"
#include "pages/present_terminals.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NOW_AT INT64_C(1773300600000)		/* 12 Mar 2026, 07:30 UTC */
#define NOW_LOCAL INT64_C(1773300600)
#define DAY 20524

static int
set_up(void **state)
{
	(void)state;
	return !view_open("html", false);
}

/* No test may have asked for a name that a model lacks. */
static int
tear_down(void **state)
{
	unsigned missing = view_missing();

	(void)state;
	view_close();
	if (missing > 0)
		print_error("%u names are missing from the model\n", missing);
	return missing > 0;
}

static void
expect(const char *what, const struct buf *html, const char *const *with,
       const char *const *without)
{
	for (; *with != NULL; with++) {
		if (strstr(html->data, *with) == NULL)
			fail_msg("%s: no '%s' in:\n%s", what, *with,
			         html->data);
	}
	for (; *without != NULL; without++) {
		if (strstr(html->data, *without) != NULL)
			fail_msg("%s: '%s' in:\n%s", what, *without,
			         html->data);
	}
}

/* ---- a row at the door --------------------------------------------------- */

#define MOST 9

static const struct {
	struct feed_row row;
	const char *with[MOST], *without[MOST];
} rows[] = {
	{ { .id = 12, .punch_local = NOW_LOCAL, .member = "Asha & <Rao>",
	    .terminal = "Front \"door\"", .user_id = "42" },
	  { "id=\"a12\"", "data-at=\"2026-03-12 07:30:00\"", "7:30 am",
	    "ALLOWED", "Asha &amp; &lt;Rao&gt;", "Front &quot;door&quot;" },
	  { "DENIED", "NOT MAPPED", "arrived late", "User 42", "<Rao>" } },
	{ { .id = 13, .punch_local = NOW_LOCAL, .member = "Asha",
	    .terminal = "Front", .user_id = "42", .is_denied = true,
	    .reason = "Subscription expired", .is_late = true },
	  { "id=\"a13\"", "DENIED", "Subscription expired", "arrived late" },
	  { "ALLOWED", "NOT MAPPED" } },
	{ { .is_unmapped = true, .id = 13, .punch_local = NOW_LOCAL + 43200,
	    .terminal = "Front", .device_sn = "SN.1", .user_id = "42" },
	  { "id=\"i13\"", "NOT MAPPED", "User 42", "7:30 pm",
	    "href=\"/devices/SN.1/mappings/new?user=42\"" },
	  { "ALLOWED", "DENIED", "arrived late", "No member yet" } },
	{ { .is_unmapped = true, .id = 14, .terminal = "SN.1",
	    .user_id = "42" },
	  { "NOT MAPPED", "No member yet" }, { "href=\"/devices" } },
	{ { .id = 15, .member = "Asha", .terminal = "", .user_id = "" },
	  { "ALLOWED", "By staff" }, { "href=\"/devices" } },
	/* what is not there prints nothing, and is asked for by name */
	{ { .id = INT64_MAX, .punch_local = NOW_LOCAL },
	  { "id=\"a9223372036854775807\"", "ALLOWED" }, { "null" } },
};

static void
each_kind_of_row_is_drawn(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_object *model = present_punch(&rows[i].row);
		struct buf html = BUF_INIT;

		assert_true(view_partial(&html, "punch", model));
		expect("a row", &html, rows[i].with, rows[i].without);
		buf_finish(&html);
		json_object_put(model);
	}
}

/* ---- a terminal ---------------------------------------------------------- */

#define TOLD(ago_ms, in_log, room) .sn = "SN1", .name = "Front", \
	.seen_at = NOW_AT - (ago_ms), .log_count = (in_log), \
	.log_capacity = (room)
/* By a bridge that does not say when the terminal answered. */
#define HEARD(ago_ms, in_log, room) TOLD(ago_ms, in_log, room), \
	.reached_at = CLOCK_NO_TIME
/* Reported and answered so long ago, its clock read, nothing waiting. */
#define REACHED(ago_ms, answer_ms) TOLD(ago_ms, 1204, 100000), \
	.has_clock = true, .reached_at = NOW_AT - (answer_ms)
#define WELL REACHED(61000, 80000)
#define AGE(text) " <span class=\"age\">(" text ")</span></dd>"
#define FULL HEARD(0, 80001, 100000)

static const struct {
	const char *what;
	struct device_state device;
	const char *with[MOST], *without[MOST];
} devices[] = {
	{ "well", { WELL },
	  { "Working", "SN1", "61 s ago", "1,204 of 100,000", "correct",
	    "<dd>0</dd>" },
	  { "Needs a look", "Not heard of", "<li>", "not known", "cannot be" } },
	{ "never heard of", { .sn = "SN1", .name = "Front",
	  .seen_at = CLOCK_NO_TIME, .reached_at = CLOCK_NO_TIME,
	  .last_error = "x" },
	  { "Not heard of yet", "SN1" },
	  { "Working", "Needs a look", "Last report", "<li>" } },
	{ "heard of, knows little", { .sn = "SN1", .name = "Front",
	  .seen_at = NOW_AT, .reached_at = CLOCK_NO_TIME }, { "Working", "just now", "not known" },
	  { "correct", "ahead", "behind", "<li>" } },
	{ "silent", { HEARD(300001, 0, 0) },
	  { "Needs a look", "The last report came 5 min ago" },
	  { "Working" } },
	{ "not silent yet", { HEARD(300000, 0, 0) },
	  { "Working" }, { "Needs a look" } },
	{ "silent, by an older bridge", { HEARD(7200000, 1204, 100000),
	  .has_clock = true },
	  { "report came 2 h ago", "1,204 of 100,000</dd>", "correct</dd>" },
	  { "not answered" } },
	{ "not reached", { REACHED(20000, 720000) },
	  { "Needs a look", "<li>The terminal has not answered for 12 min. "
	    "Is it on, and its network cable in?</li>", "<dd>20 s ago</dd>",
	    "1,204 of 100,000" AGE("12 min ago"), "correct" AGE("12 min ago") },
	  { "Working", "report came", "had by then" } },
	{ "not reached when it reported", { REACHED(0, 300001) },
	  { "Needs a look", "has not answered for 5 min", "(5 min ago)" },
	  { "Working" } },
	{ "reached when it reported", { REACHED(300000, 600000) },
	  { "Working", "1,204 of 100,000</dd>", "correct</dd>" },
	  { "not answered" } },
	{ "silent, and so is its terminal's news", { REACHED(7200000, 7220000) },
	  { "Needs a look", "The last report came 2 h ago",
	    "1,204 of 100,000" AGE("2 h ago"), "correct" AGE("2 h ago") },
	  { "not answered" } },
	{ "not reached, then silent", { REACHED(7200000, 10800000) },
	  { "The last report came 2 h ago. Is the computer with the bridge on, "
	    "and online?</li>\n      <li>The terminal had by then not answered "
	    "for 60 min. Is it on", "correct" AGE("3 h ago") },
	  { "Working", "has not answered" } },
	{ "not reached, little known", { TOLD(0, 0, 0),
	  .reached_at = NOW_AT - 720000 },
	  { "has not answered for 12 min", "<dd>not known</dd>" },
	  { "correct", "min ago" } },
	{ "not reached, its clock wrong", { REACHED(0, 720000),
	  .clock_offset_s = -7200 },
	  { "Its clock was 2 h behind when it last answered. Set it right",
	    "2 h behind" AGE("12 min ago") }, { "clock is" } },
	{ "answers at a time to come", { REACHED(0, -60000) },
	  { "Working", "correct</dd>" }, { "not answered" } },
	{ "not reached, its log filling", { TOLD(0, 80001, 100000),
	  .reached_at = NOW_AT - 720000 },
	  { "Its log was nearly full when it last answered: 80,001 of 100,000. "
	    "Do not clear it yet" },
	  { "log is", "clear it at" } },
	{ "log filling", { FULL },
	  { "Needs a look", "<li>Its log is nearly full: 80,001 of 100,000. "
	    "Once Waiting has been 0 for an hour, clear it at the terminal."
	    "</li>" }, { "Working", "Do not" } },
	{ "log not filling yet", { HEARD(0, 80000, 100000) },
	  { "Working" }, { "clear it" } },
	{ "log filling, one waits", { FULL, .waiting = 1 },
	  { "100,000. Do not clear it yet: it may hold punches that have not "
	    "come in.</li>" }, { "clear it at" } },
	{ "log filling, silent", { HEARD(300001, 80001, 100000) },
	  { "Do not clear it yet" }, { "clear it at" } },
	{ "log filling, in trouble", { FULL, .last_error = "x" },
	  { "Do not clear it yet" }, { "clear it at" } },
	{ "log filling, another address", { FULL, .other_mac = "x" },
	  { "Do not clear it yet" }, { "clear it at" } },
	{ "log filling, clock wrong", { FULL, .has_clock = true,
	  .clock_offset_s = 121 },
	  { "Do not clear it yet" }, { "clear it at" } },
	{ "log filling, some kept by the bridge", { FULL, .parked = 1,
	  .set_aside = 1 }, { "clear it at" }, { "Do not clear" } },
	{ "capacity not known", { HEARD(0, 1204, 0) },
	  { "Working", "not known" }, { "clear it", "1,204" } },
	{ "clock ahead, not to matter", { WELL, .clock_offset_s = 6 },
	  { "Working", "6 s ahead" }, { "correct", "Set it right" } },
	{ "clock right enough", { WELL, .clock_offset_s = -5 },
	  { "Working", "correct" }, { "behind" } },
	{ "clock ahead", { WELL, .clock_offset_s = 121 },
	  { "Needs a look", "Its clock is 2 min ahead. Set it right" },
	  { "behind", "correct" } },
	{ "clock behind", { WELL, .clock_offset_s = -7200 },
	  { "Needs a look", "Its clock is 2 h behind. Set it right" },
	  { "ahead", "correct" } },
	{ "clock behind, just not", { WELL, .clock_offset_s = -120 },
	  { "Working", "2 min behind" }, { "Set it right" } },
	{ "an offset that is not known", { HEARD(0, 0, 0),
	  .clock_offset_s = 9999 }, { "Working", "not known" },
	  { "ahead", "correct" } },
	{ "many waiting", { WELL, .waiting = 1051 },
	  { "Needs a look", "Waiting to be sent: 1,051" }, { "Working" } },
	{ "some waiting", { WELL, .waiting = 50 },
	  { "Working", "<dd>50</dd>" }, { "Waiting to be sent" } },
	{ "parked", { WELL, .parked = 1 },
	  { "Needs a look", "Not taken by the server: 1." }, { "Working" } },
	{ "one set aside", { WELL, .set_aside = 1 },
	  { "Needs a look", "<li>1 record of its log cannot be used (bad dates "
	    "or no user); see <code>gymgate-bridge status</code>.</li>" },
	  { "Working", "records" } },
	{ "many set aside", { WELL, .set_aside = 4000000000 },
	  { "Needs a look", "<li>4,000,000,000 records of its log" },
	  { "Working" } },
	{ "another address", { WELL, .other_mac = "00:17:61:AA:BB:CC" },
	  { "Needs a look", "Another MAC address: 00:17:61:AA:BB:CC; nothing",
	    "href=\"/devices\">Terminals" }, { "Working", "/mac" } },
	{ "in trouble", { WELL, .last_error = "cannot <connect>\n" },
	  { "Needs a look", "cannot &lt;connect&gt;" }, { "Working" } },
};

static void
each_state_of_a_terminal_is_drawn(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(devices); i++) {
		struct device_state device = devices[i].device;
		struct present_today today = { .now_at = NOW_AT,
			.devices = &device, .device_count = 1 };
		json_object *model = json_object_new_object();
		struct buf html = BUF_INIT;

		device.enforced_at = CLOCK_NO_TIME;
		present_terminals(model, &today);
		assert_true(view_partial(&html, "terminals", model));
		expect(devices[i].what, &html, devices[i].with,
		       devices[i].without);
		buf_finish(&html);
		json_object_put(model);
	}
}

/* ---- all of it ----------------------------------------------------------- */

static const struct session asha = { .user_name = "asha@gym.example",
	.company = "SF", .company_name = "Spine & Fitness" };

/* Draws the dashboard of today for who is signed in. */
static void
draw(const struct present_today *today, const char *const *with,
     const char *const *without)
{
	struct res res = { .arena = arena_create(),
		           .model = json_object_new_object() };

	present_session(res.model, &asha, "c5rf", "/");
	present_feed(res.model, today);
	present_bool(res.model, "has_choices", false);
	present_str(res.model, "branch_choices", NULL);
	present_bool(res.model, "are_messages_paused", false);
	present_bool(res.model, "has_reminders", false);
	present_str(res.model, "feed_url", "/feed");
	present_str(res.model, "events_url", "/live/events");
	assert_int_equal(view_page(&res, "dashboard"), HTTP_200);
	expect("the dashboard", &res.body, with, without);
	json_object_put(res.model);
	buf_finish(&res.body);
	arena_destroy(res.arena);
}

static void
a_full_day_is_drawn(void **state)
{
	struct feed_row list[COUNT(rows)];
	struct device_state states[COUNT(devices)];
	struct today_branch branches[] = {
		{ 7, "North & East", "UTC", 1200, 50, 20 },
		{ 8, "South", "UTC", 34, 6, 3 },
	};
	struct present_today today = {
		.now_at = NOW_AT, .day = DAY,
		.today = { 90, 23, { DAY * CLOCK_DAY_SECONDS, 4, 617 },
		           branches, COUNT(branches) },
		.rows = { list, COUNT(rows) },
		.counts = { 1234, 56, 7 }, .members = { 268, 12, 1041, 7 },
		.devices = states, .device_count = COUNT(devices),
	};
	static const char *const with[] = {
		"Spine &amp; Fitness", "asha@gym.example", "value=\"c5rf\"",
		"Thu 12 Mar", "<dd>1,234</dd>", "<dd>56</dd>", "<dd>7</dd>",
		"<dd>268</dd>", "<dd>12</dd>", "<dd>1,041</dd>",
		"End within 7 days",
		"<div class=\"is-bad\"><dt>Refused",
		"<div class=\"is-odd\"><dt>Not mapped", "id=\"a12\"",
		"About <b>23</b> in the gym now", "for 90 minutes",
		"Usually <b>617</b> in by this time on Thursdays",
		"width=\"100\"", "width=\"50\"",
		"<a href=\"/?branch=7\">North &amp; East</a></th><td>1,200</td>"
		"<td>50</td><td>20</td>",
		"id=\"i13\"", "class=\"empty\" hidden", NULL,
	};
	static const char *const without[] = { "No terminal yet", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		list[i] = rows[i].row;
	for (size_t i = 0; i < COUNT(devices); i++)
		states[i] = devices[i].device;
	draw(&today, with, without);
}

static void
an_empty_day_is_drawn(void **state)
{
	struct device_state device = { WELL, .enforced_at = CLOCK_NO_TIME };
	struct present_today today = { .now_at = NOW_AT, .day = DAY };
	static const char *const bare[] = {
		"Nobody can come in yet", "No terminal yet",
		"<div><dt>Refused</dt><dd>0</dd>",
		"<div><dt>Not mapped</dt><dd>0</dd>", NULL,
	};
	static const char *const no_more[] = {
		"<li id", "in the gym now", "Usually", "By branch", NULL,
	};
	static const char *const quiet[] = {
		"Nobody has come in yet today", "Working", NULL,
	};
	static const char *const no_row[] = { "<li id", NULL };

	(void)state;
	draw(&today, bare, no_more);
	/* one day is no mean; of nobody there is a word */
	today.today.inside_minutes = 60;
	today.today.usual.day_count = 1;
	draw(&today, (const char *const []){ "Probably nobody", NULL },
	     (const char *const []){ "Usually", NULL });
	today.devices = &device;
	today.device_count = 1;
	draw(&today, quiet, no_row);
}

static void
nobody_sees_a_page_without_a_name(void **state)
{
	struct res res = { .arena = arena_create(),
		           .model = json_object_new_object() };

	(void)state;
	present_nobody(res.model);
	assert_int_equal(view_error(&res, HTTP_404), HTTP_404);
	assert_null(strstr(res.body.data, "Sign out"));
	json_object_put(res.model);
	buf_finish(&res.body);
	arena_destroy(res.arena);
}

static void
values_become_json(void **state)
{
	json_object *model = json_object_new_object();

	(void)state;
	present_str(model, "a", "x");
	present_str(model, "b", NULL);
	present_bool(model, "c", true);
	present_number(model, "d", -1234567);
	assert_string_equal(json_object_to_json_string_ext(model,
	                    JSON_C_TO_STRING_PLAIN),
	                    "{\"a\":\"x\",\"b\":null,\"c\":true,"
	                    "\"d\":\"-1,234,567\"}");
	json_object_put(model);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_of_row_is_drawn),
		TEST(each_state_of_a_terminal_is_drawn),
		TEST(a_full_day_is_drawn),
		TEST(an_empty_day_is_drawn),
		TEST(nobody_sees_a_page_without_a_name),
		TEST(values_become_json),
	};

	return cmocka_run_group_tests_name("present", tests, NULL, NULL);
}
