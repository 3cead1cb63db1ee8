/* test_view.c: every page from a whole model, broken folders, and words */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/view.h"

#define DAY_OF(y, m, d) clock_day(at(y, m, d, 0, 0))

static int64_t
at(int year, int month, int day, int hour, int minute)
{
	struct clock_date d = { year, month, day, hour, minute, 0 };
	int64_t local = 0;

	assert_true(clock_join(&d, &local));
	return local;
}

/* ---- the pages of html/ ---- */

#define FRAME "\"is_signed_in\":true,\"company_name\":\"A & B\"," \
	"\"user_text\":\"o@example.org\",\"csrf\":\"c5rf\"," \
	"\"is_owner\":true,\"is_head\":true,\"is_at_today\":true," \
	"\"is_at_members\":false," \
	"\"is_at_attendance\":false,\"is_at_inbox\":false," \
	"\"is_at_messages\":false,\"is_at_payments\":false," \
	"\"is_at_devices\":false,\"is_at_reports\":false," \
	"\"is_at_settings\":false,\"is_at_account\":false"

#define ROW(id, allowed, denied, unmapped, member, reason, late)         \
	"{\"row_id\":\"" id "\",\"punch_at\":\"2026-03-12 07:30:00\","   \
	"\"time_text\":\"7:30 am\",\"terminal_text\":\"Front door\","    \
	"\"is_allowed\":" allowed ",\"is_denied\":" denied ","           \
	"\"is_unmapped\":" unmapped ",\"member_text\":" member ","       \
	"\"user_text\":\"99\",\"number_url\":null,"                      \
	"\"reason_text\":" reason ",\"warning_text\":null,"            \
	"\"is_late\":" late "}"

#define COUNTS "\"day_text\":\"Thu 12 Mar\",\"came_text\":\"1\","        \
	"\"refused_text\":\"1\",\"unmapped_text\":\"1\","                \
	"\"has_refused\":true,\"has_unmapped\":true,"                    \
	"\"active_text\":\"268\",\"within_text\":\"7\","                   \
	"\"is_within_one\":false,\"expiring_text\":\"12\","              \
	"\"expired_text\":\"1,041\","                                    \
	"\"has_inside\":true,\"is_nobody_inside\":false,"                \
	"\"inside_text\":\"23\",\"minutes_text\":\"90\","              \
	"\"has_usual\":true,\"usual_text\":\"118\","                     \
	"\"usual_days_text\":\"4\",\"weekday_text\":\"Thursday\","       \
	"\"has_bars\":true,"                                              \
	"\"came_bar\":\"100\",\"usual_bar\":\"95\","                     \
	"\"has_by_branch\":true,\"by_branch\":[{\"url\":\"/?branch=7\"," \
	"\"name_text\":\"North\",\"came_text\":\"1\","                   \
	"\"refused_text\":\"0\",\"inside_text\":\"20\"}]"

#define CHOICES "\"has_choices\":true,\"branch_choices\":["            \
	"{\"url\":\"/\",\"name_text\":null,\"is_chosen\":true}],"        \
	"\"feed_url\":\"/feed\",\"events_url\":\"/live/events\""

#define TERMINAL(name, working, troubled, fresh)                         \
	"{\"name_text\":\"" name "\",\"device_sn\":\"SN1\","             \
	"\"is_working\":" working ",\"is_troubled\":" troubled ","       \
	"\"is_new\":" fresh ",\"report_text\":\"2 min ago\","            \
	"\"has_log\":true,\"log_text\":\"1,204\","                       \
	"\"capacity_text\":\"100,000\",\"has_clock\":true,"              \
	"\"is_clock_right\":false,"                                      \
	"\"is_clock_ahead\":true,\"is_clock_behind\":false,"             \
	"\"clock_text\":\"75 s\",\"waiting_text\":\"3\","                \
	"\"age_text\":\"12 min ago\",\"unreached_text\":\"11 min\","     \
	"\"parked_text\":\"1\",\"is_silent\":true,"                      \
	"\"is_log_filling\":true,\"is_clock_wrong\":true,"               \
	"\"may_clear_log\":true,"                                        \
	"\"is_waiting\":true,\"is_parked\":true,"                        \
	"\"is_set_aside\":true,\"is_one_aside\":false,"                  \
	"\"set_aside_text\":\"1,012\","                                  \
	"\"other_mac_text\":\"00:17:61:99:99:99\","                      \
	"\"door_url\":\"/devices/SN1/door\",\"unlock_url\":null,"      \
	"\"door_trouble_text\":null,\"is_door_old\":false,"              \
	"\"is_door_pending\":false,\"pending_text\":\"0\","             \
	"\"links\":null,\"mac_url\":\"/devices/SN1/mac\","                \
	"\"error_text\":\"cannot <connect>\"}"

#define ROWS "\"lists\":null,\"has_rows\":true,\"rows\":["                              \
	ROW("a1", "true", "false", "false", "\"Asha\"", "null", "false") \
	"," ROW("a2", "false", "true", "false", "\"<script>\"",          \
	        "\"Subscription expired\"", "true") ","                  \
	ROW("i3", "false", "false", "true", "null", "null", "false") "]"

#define TERMINALS "\"has_terminals\":true,\"terminals\":["               \
	TERMINAL("Front", "true", "false", "false") ","                  \
	TERMINAL("Side", "false", "true", "false") ","                   \
	TERMINAL("Roof", "false", "false", "true") "]"

#define REMINDERS "\"are_messages_paused\":true,\"has_reminders\":true,"    \
	"\"reminders_text\":\"3\",\"is_one_reminder\":false"

#define DASHBOARD "{" FRAME "," CHOICES "," REMINDERS "," COUNTS "," ROWS "," \
	TERMINALS "}"

#define LOGIN "{\"is_signed_in\":false,\"email\":\"a\\\"b@c\","          \
	"\"is_email_bad\":true,\"is_password_bad\":false,"               \
	"\"is_wrong\":true,\"is_slow\":true,\"wait_text\":\"30 s\","     \
	"\"is_signed_out\":false}"

/* A page or partial, its model, and what must and must not be in it. */
static const struct {
	const char *name;
	bool is_part;
	const char *model;
	const char *with[8];
	const char *without[3];
} pages[] = {
	{ "dashboard", false, DASHBOARD,
	  { "<!DOCTYPE html>", "<title>Today - A &amp; B</title>",
	    "id=\"a1\"", "&lt;script&gt;", "class=\"empty\" hidden>",
	    "3 reminders wait", "?v=" GYMGATE_VERSION "\"" },
	  { "<script>", "<strong>No terminal", "{{" } },
	{ "dashboard", false, "{" FRAME "," CHOICES "," COUNTS
	  ",\"are_messages_paused\":false,\"has_reminders\":false"
	  ",\"lists\":null,\"has_rows\":false,"
	  "\"rows\":[],\"has_terminals\":false,\"terminals\":[]}",
	  { "Nobody can come in yet", "No terminal yet", "value=\"c5rf\"" },
	  { "<li id" } },
	{ "login", false, LOGIN,
	  { "value=\"a&quot;b@c\"", "aria-invalid", "Wait 30 s",
	    "do not belong together" },
	  { "Sign out", "signed out" } },
	{ "feed", true, "{" COUNTS "," ROWS "," TERMINALS "}",
	  { "id=\"rows\"", "id=\"counts\"", "id=\"terminals\"" },
	  { "<html" } },
	{ "punch", true,
	  ROW("i3", "false", "false", "true", "null", "null", "true"),
	  { "<li id=\"i3\"", "User 99", "NOT MAPPED", "arrived late" },
	  { "ALLOWED", "DENIED" } },
	{ "counts", true, "{" COUNTS "}", { "1,041", "Thu 12 Mar",
	  "About <b>23</b> in the gym now", "<b>118</b> in by this time on Thurs",
	  "href=\"/?branch=7\">North<" }, { 0 } },
	{ "terminals", true, "{" TERMINALS "}",
	  { "Working", "Needs a look", "Not heard of yet", "75 s ahead <span",
	    "1,012 records", "cannot &lt;connect&gt;",
	    "href=\"/devices\">Terminals" },
	  { "No terminal", "/mac" } },
	{ "device_mac", false, "{" FRAME ",\"name_text\":\"Front\","
	  "\"device_sn\":\"SN1\",\"mac_url\":\"/devices/SN1/mac\","
	  "\"accepted_text\":\"00:17:61:42:42:42\","
	  "\"other_text\":\"00:17:61:99:99:99\","
	  "\"since_text\":\"2 min ago\",\"is_stale\":true}",
	  { "Is this your terminal?", "00:17:61:99:99:99",
	    "another address", "action=\"/devices/SN1/mac\"" }, { 0 } },
};

static void
check_page(size_t i)
{
	struct res res = { .arena = arena_create(),
		           .model = json_tokener_parse(pages[i].model) };
	enum status status;

	assert_non_null(res.model);
	status = pages[i].is_part ? view_fragment(&res, pages[i].name) :
		view_page(&res, pages[i].name);
	assert_int_equal(status, HTTP_200);
	assert_string_equal(res.content_type, "text/html; charset=utf-8");
	for (size_t k = 0; k < 8 && pages[i].with[k] != NULL; k++) {
		if (strstr(res.body.data, pages[i].with[k]) == NULL)
			fail_msg("%s has no %s:\n%s", pages[i].name,
			         pages[i].with[k], res.body.data);
	}
	for (size_t k = 0; k < 3 && pages[i].without[k] != NULL; k++) {
		if (strstr(res.body.data, pages[i].without[k]) != NULL)
			fail_msg("%s has %s:\n%s", pages[i].name,
			         pages[i].without[k], res.body.data);
	}
	buf_finish(&res.body);
	json_object_put(res.model);
	arena_destroy(res.arena);
}

static void
pages_want_no_more_than_they_say(void **state)
{
	(void)state;
	assert_true(view_open("html", false));
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		check_page(i);
	assert_int_equal(view_missing(), 0);
	view_close();
}

static void
every_error_has_one_page_and_one_heading(void **state)
{
	static const enum status list[] = {
		HTTP_400, HTTP_401, HTTP_403, HTTP_404, HTTP_405, HTTP_413,
		HTTP_415, HTTP_422, HTTP_429, HTTP_500, HTTP_503,
	};

	(void)state;
	assert_true(view_open("html", false));
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		struct res res = { .arena = arena_create() };
		const char *heading;

		assert_int_equal(view_error(&res, list[i]), list[i]);
		heading = strstr(res.body.data, "<h1>");
		assert_non_null(heading);
		assert_null(strstr(heading + 1, "<h1>"));
		buf_finish(&res.body);
		arena_destroy(res.arena);
	}
	assert_int_equal(view_missing(), 0);
	view_close();
}

static void
a_name_that_is_missing_is_counted(void **state)
{
	struct buf out = BUF_INIT;
	struct json_object *model = json_tokener_parse("{" ROWS "}");

	(void)state;
	assert_true(view_open("html", false));
	assert_true(view_partial(&out, "counts", model));
	assert_int_equal(view_missing(), 14);
	assert_false(view_partial(&out, "nothing", model));
	view_close();
	buf_finish(&out);
	json_object_put(model);
}

/* ---- folders of our own ---- */

struct folder {
	char path[64];
};

static void
put_file(const struct folder *f, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", f->path, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void
drop(const struct folder *f, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", f->path, name);
	remove(path);
}

static int
make_folder(void **state)
{
	static struct folder f;
	char path[128];

	snprintf(f.path, sizeof f.path, "/tmp/test_view.XXXXXX");
	assert_non_null(mkdtemp(f.path));
	snprintf(path, sizeof path, "%s/pages", f.path);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/partials", f.path);
	assert_int_equal(mkdir(path, 0700), 0);
	put_file(&f, "layout.html", "<{{> title}}|{{> page}}|{{version}}>");
	put_file(&f, "pages/a.html", "{{! words }}\n<title>{{t}}</title>\n"
	         "{{> p}}");
	put_file(&f, "partials/p.html", "part {{t}}");
	*state = &f;
	return 0;
}

static int
drop_folder(void **state)
{
	static const char *const names[] = {
		"layout.html", "pages/a.html", "pages/.b.html",
		"pages/a.html~", "partials/p.html", "pages", "partials", "",
	};

	view_close();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		drop(*state, names[i]);
	return 0;
}

/* Draws page a with t = "T" and compares. */
static void
expect_page(const char *want)
{
	struct res res = { .arena = arena_create(),
		           .model = json_tokener_parse("{\"t\":\"T\"}") };

	assert_int_equal(view_page(&res, "a"), HTTP_200);
	assert_string_equal(res.body.data, want);
	assert_int_equal(view_page(&res, "b"), HTTP_500);
	assert_int_equal(res.body.len, 0);
	buf_finish(&res.body);
	json_object_put(res.model);
	arena_destroy(res.arena);
}

#define GOOD "<<title>T</title>\n|part T|" GYMGATE_VERSION ">"

static void
a_page_stands_in_the_layout(void **state)
{
	const struct folder *f = *state;

	put_file(f, "pages/.b.html", "{{broken");	/* of an editor */
	put_file(f, "pages/a.html~", "{{broken");
	assert_true(view_open(f->path, false));
	expect_page(GOOD);
	put_file(f, "partials/p.html", "other {{t}}");
	expect_page(GOOD);
}

static void
a_broken_file_stops_the_start(void **state)
{
	static const char *const broken[][2] = {
		{ "layout.html", "{{> nothing}}" },
		{ "layout.html", "{{#a}}" },
		{ "pages/a.html", "no title" },
		{ "pages/a.html", "<title>{{{a}}}</title>\n" },
		{ "pages/a.html", "<title>a</title>\n{{> page}}" },
		{ "partials/p.html", "{{> q}}" },
		{ "partials/p.html", "\xff" },
	};
	const struct folder *f = *state;

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		char path[128], *good;

		snprintf(path, sizeof path, "%s/%s", f->path, broken[i][0]);
		good = text_read_file(path, 1000, NULL);
		put_file(f, broken[i][0], broken[i][1]);
		assert_false(view_open(f->path, false));
		drop(f, broken[i][0]);
		if (i == 0)	/* not there at all */
			assert_false(view_open(f->path, false));
		put_file(f, broken[i][0], good);
		free(good);
	}
	assert_false(view_open("/nowhere", false));
	assert_true(view_open(f->path, false));
}

static void
changed_files_are_read_again_on_request(void **state)
{
	const struct folder *f = *state;

	assert_true(view_open(f->path, true));
	expect_page(GOOD);
	put_file(f, "partials/p.html", "{{t}}, changed");
	expect_page("<<title>T</title>\n|T, changed|" GYMGATE_VERSION ">");
	put_file(f, "partials/p.html", "{{t}}, {{broken");
	expect_page("<<title>T</title>\n|T, changed|" GYMGATE_VERSION ">");
	put_file(f, "partials/p.html", "part {{t}}");
	expect_page(GOOD);
	put_file(f, "pages/c.html", "<title>new</title>\nc");
	expect_page(GOOD);
	drop(f, "pages/c.html");
	expect_page(GOOD);
}

/* ---- words ---- */

static void
times_and_days_read_as_people_say_them(void **state)
{
	char out[VIEW_TEXT_SIZE];

	(void)state;
	assert_string_equal(view_time_text(at(2026, 3, 12, 7, 30), out),
	                    "7:30 am");
	assert_string_equal(view_time_text(at(2026, 3, 12, 0, 5), out),
	                    "12:05 am");
	assert_string_equal(view_time_text(at(2026, 3, 12, 12, 0), out),
	                    "12:00 pm");
	assert_string_equal(view_time_text(at(2026, 3, 12, 23, 59), out),
	                    "11:59 pm");
	assert_string_equal(view_day_text(DAY_OF(2026, 3, 12), out),
	                    "12 Mar 2026");
	assert_string_equal(view_weekday_text(DAY_OF(2026, 3, 12), out),
	                    "Thu 12 Mar");
	assert_string_equal(view_weekday_name(DAY_OF(2026, 3, 14)), "Saturday");
	assert_string_equal(view_weekday_name(DAY_OF(1969, 12, 31)),
	                    "Wednesday");
	assert_string_equal(view_weekday_text(DAY_OF(1970, 1, 1), out),
	                    "Thu 1 Jan");
	assert_string_equal(view_weekday_text(DAY_OF(1969, 12, 31), out),
	                    "Wed 31 Dec");
	assert_string_equal(view_weekday_text(DAY_OF(2024, 2, 29), out),
	                    "Thu 29 Feb");
}

static void
months_and_hours_read_as_people_say_them(void **state)
{
	static const struct {
		int hour;
		const char *words;
	} hours[] = {
		{ 0, "12-1 am" }, { 6, "6-7 am" }, { 11, "11 am-12 pm" },
		{ 12, "12-1 pm" }, { 18, "6-7 pm" }, { 23, "11 pm-12 am" },
	};
	static const struct {
		int64_t tenths;
		const char *words;
	} numbers[] = {
		{ 0, "0" }, { 1, "0.1" }, { 10, "1" }, { 99, "9.9" },
		{ 100, "10" }, { 104, "10" }, { 105, "11" }, { 123450, "12,345" },
	};
	char out[VIEW_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
		assert_string_equal(view_hour_text(hours[i].hour, out),
		                    hours[i].words);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		assert_string_equal(view_tenths_text(numbers[i].tenths, out),
		                    numbers[i].words);
	assert_string_equal(view_month_text(DAY_OF(2026, 3, 31), out),
	                    "Mar 2026");
	assert_string_equal(view_month_short_text(DAY_OF(2025, 12, 1), out),
	                    "Dec");
}

static void
spans_and_numbers_read_as_people_say_them(void **state)
{
	static const struct {
		int64_t seconds;
		const char *words;
	} spans[] = {
		{ -5, "just now" }, { 9, "just now" }, { 10, "10 s ago" },
		{ 119, "119 s ago" }, { 120, "2 min ago" },
		{ 7199, "119 min ago" }, { 7200, "2 h ago" },
		{ 172799, "47 h ago" }, { 172800, "2 days ago" },
	};
	char out[VIEW_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
		assert_string_equal(view_ago_text(1000000 - spans[i].seconds *
		                    1000, 1000000, out), spans[i].words);
	assert_string_equal(view_span_text(-240, out), "4 min");
	assert_string_equal(view_number_text(0, out), "0");
	assert_string_equal(view_number_text(999, out), "999");
	assert_string_equal(view_number_text(-1000, out), "-1,000");
	assert_string_equal(view_number_text(1234567, out), "1,234,567");
	assert_string_equal(view_number_text(INT64_MIN, out),
	                    "-9,223,372,036,854,775,808");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_want_no_more_than_they_say),
		cmocka_unit_test(every_error_has_one_page_and_one_heading),
		cmocka_unit_test(a_name_that_is_missing_is_counted),
		cmocka_unit_test_setup_teardown(a_page_stands_in_the_layout,
			make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(a_broken_file_stops_the_start,
			make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			changed_files_are_read_again_on_request,
			make_folder, drop_folder),
		cmocka_unit_test(times_and_days_read_as_people_say_them),
		cmocka_unit_test(months_and_hours_read_as_people_say_them),
		cmocka_unit_test(spans_and_numbers_read_as_people_say_them),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
