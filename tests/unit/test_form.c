/* test_form.c: fields of forms by a table: read, refused, drawn again */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "http/form.h"

#define NONCE "0123456789abcdef0123456789abcdef"

struct values {
	const char *line, *lines, *word, *secret, *choice;
	int64_t number, local, money, time;
	int32_t day;
	bool flag;
};

static const char *const colours[] = { "red", "green", NULL };

#define AT(name) .offset = offsetof(struct values, name)

static const struct form_field fields[] = {
	{ .name = "choice", .type = FORM_CHOICE, AT(choice),
	  .choices = colours },
	{ .name = "day", .type = FORM_DAY, AT(day) },
	{ .name = "flag", .type = FORM_BOOL, AT(flag) },
	{ .name = "line", .type = FORM_LINE, .is_required = true, AT(line),
	  .least = 2, .most = 5 },
	{ .name = "lines", .type = FORM_LINES, AT(lines), .most = 8 },
	{ .name = "local", .type = FORM_LOCAL, AT(local) },
	{ .name = "money", .type = FORM_MONEY, AT(money) },
	{ .name = "number", .type = FORM_INT, AT(number), .least = -5,
	  .most = 99 },
	{ .name = "secret", .type = FORM_SECRET, AT(secret), .most = 8 },
	{ .name = "time", .type = FORM_TIME, AT(time) },
	{ .name = "word", .type = FORM_WORD, AT(word), .most = 4,
	  .also = "-" },
};

static struct req req;
static struct form form;
static struct values values;

static int
set_up(void **state)
{
	(void)state;
	req = (struct req){ .arena = arena_create() };
	form_begin(&form, &req, fields, FORM_COUNT(fields));
	values = (struct values){ .day = CLOCK_NO_DAY, .number = 7,
		                  .money = -1, .local = CLOCK_NO_TIME };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_destroy(req.arena);
	return 0;
}

static void
parse(const char *text, struct http_pairs *to)
{
	assert_true(http_parse_pairs(req.arena, text, strlen(text), to));
}

/* Posts these fields anew, with a line that is in order. */
static bool
post(const char *text)
{
	parse(arena_printf(req.arena, "line=abc&%s", text), &req.form);
	form_begin(&form, &req, fields, FORM_COUNT(fields));
	values = (struct values){ .day = CLOCK_NO_DAY, .number = 7,
		                  .money = -1, .local = CLOCK_NO_TIME };
	return form_read(&form, &values);
}

static enum word
error_of(const char *name)
{
	for (size_t i = 0; i < FORM_COUNT(fields); i++) {
		if (strcmp(fields[i].name, name) == 0)
			return form.errors[i];
	}
	fail_msg("no field %s", name);
	return WORD_NONE;
}

/* Posts NAME=TEXT alone: what is said of it, which must be all. */
static enum word
said_of(const char *name, const char *text)
{
	bool ok = post(arena_printf(req.arena, "%s=%s", name, text));
	enum word error = error_of(name);

	if (ok != (error == WORD_NONE))
		fail_msg("%s=%s", name, text);
	return error;
}

static void
expect(const char *name, const char *text, enum word expected)
{
	enum word error = said_of(name, text);

	if (error != expected)
		fail_msg("%s=%s: %s", name, text, error == WORD_NONE
		         ? "was taken" : words(error));
}

/* ---- texts --------------------------------------------------------------- */

/* Posts a line alone. */
static enum word
line_of(const char *text)
{
	parse(text, &req.form);
	form_begin(&form, &req, fields, FORM_COUNT(fields));
	form_read(&form, &values);
	return error_of("line");
}

static void
a_line_is_trimmed_and_counted_in_characters(void **state)
{
	(void)state;
	assert_int_equal(line_of("line=+%09abc%0d%0a+"), WORD_NONE);
	assert_string_equal(values.line, "abc");
	assert_int_equal(line_of("line=a+b"), WORD_NONE);
	assert_string_equal(values.line, "a b");
	assert_int_equal(line_of("line=a"), WORD_TOO_SHORT);
	assert_int_equal(line_of("line=abcde"), WORD_NONE);
	assert_int_equal(line_of("line=abcdef"), WORD_TOO_LONG);
	/* five letters of three bytes, and a sixth */
	assert_int_equal(line_of("line=%e0%a4%86%e0%a4%86%e0%a4%86%e0%a4%86"
	                         "%e0%a4%86"), WORD_NONE);
	assert_int_equal(line_of("line=%e0%a4%86%e0%a4%86%e0%a4%86%e0%a4%86"
	                         "%e0%a4%86%e0%a4%86"), WORD_TOO_LONG);
	assert_int_equal(line_of("line=%f0%9f%8f%8b%f0%9f%8f%8b"), WORD_NONE);
	assert_int_equal(line_of("line=ab&line=toolong"), WORD_NONE);
	assert_string_equal(values.line, "ab");
}

static void
a_needed_line_is_asked_for(void **state)
{
	static const char *const nothing[] = { "", "line", "line=", "line=++",
		                               "line=%0d%0a%09", "Line=abc" };

	(void)state;
	for (size_t i = 0; i < FORM_COUNT(nothing); i++) {
		assert_int_equal(line_of(nothing[i]), WORD_REQUIRED);
		assert_true(form.is_refused);
		assert_string_equal(form_typed(&form, "line"), "");
	}
}

static void
what_cannot_be_kept_is_refused(void **state)
{
	static const char *const bad[] = {
		"%ff%fe", "ab%c3", "ab%c0%af", "a%ed%a0%80", "ab%f5%80%80%80",
		"ab%00", "%00", "ab%00cd", "a%0ab", "a%09b", "a%1bb", "a%7fb",
		"a%01b",
	};

	(void)state;
	for (size_t i = 0; i < FORM_COUNT(bad); i++) {
		const char *text = arena_printf(req.arena, "line=%s", bad[i]);

		if (line_of(text) != WORD_UNREADABLE)
			fail_msg("%s was not refused", text);
	}
	/* nothing that is not text comes back */
	line_of("line=%ff%fe");
	assert_string_equal(form_typed(&form, "line"), "");
}

static void
lines_may_have_several(void **state)
{
	(void)state;
	expect("lines", "a%0d%0ab%09c", WORD_NONE);
	assert_string_equal(values.lines, "a\r\nb\tc");
	expect("lines", "%0d%0aab%0a", WORD_NONE);
	assert_string_equal(values.lines, "ab");
	expect("lines", "a%1bb", WORD_UNREADABLE);
	expect("lines", "123456789", WORD_TOO_LONG);
	expect("lines", "", WORD_NONE);
	assert_null(values.lines);
}

static void
a_word_has_only_its_letters(void **state)
{
	(void)state;
	expect("word", "Ab-9", WORD_NONE);
	assert_string_equal(values.word, "Ab-9");
	expect("word", "+ab+", WORD_NONE);
	assert_string_equal(values.word, "ab");
	expect("word", "a_b", WORD_UNREADABLE);
	expect("word", "a+b", WORD_UNREADABLE);
	expect("word", "%c3%a4", WORD_UNREADABLE);
	expect("word", "abcde", WORD_TOO_LONG);
}

static void
a_secret_stays_as_it_is(void **state)
{
	(void)state;
	expect("secret", "+a+b+", WORD_NONE);
	assert_string_equal(values.secret, " a b ");
	expect("secret", "123456789", WORD_TOO_LONG);
	expect("secret", "a%0ab", WORD_UNREADABLE);
	expect("secret", "%ff", WORD_UNREADABLE);
	expect("secret", "a%00b", WORD_UNREADABLE);
}

/* ---- numbers, money, choices --------------------------------------------- */

static void
a_number_is_whole_and_within_bounds(void **state)
{
	(void)state;
	expect("number", "-5", WORD_NONE);
	assert_int_equal(values.number, -5);
	expect("number", "+99+", WORD_NONE);	/* a + is a blank here */
	assert_int_equal(values.number, 99);
	expect("number", "", WORD_NONE);
	assert_int_equal(values.number, 7);
	expect("number", "100", WORD_OUT_OF_BOUNDS);
	expect("number", "-6", WORD_OUT_OF_BOUNDS);
	for (const char *const *bad = (const char *const[]){ "x", "1.5", "1e1",
	     "0x1", "01", "1+1", "%2b1", "--1", "99999999999999999999",
	     "%d9%a1", NULL }; *bad != NULL; bad++)
		expect("number", *bad, WORD_NOT_A_NUMBER);
}

static void
a_time_is_of_one_day(void **state)
{
	(void)state;
	expect("time", "05:30", WORD_NONE);
	assert_int_equal(values.time, 5 * 60 + 30);
	expect("time", "00:00", WORD_NONE);
	assert_int_equal(values.time, 0);
	expect("time", "+6.05", WORD_NONE);
	assert_int_equal(values.time, 6 * 60 + 5);
	expect("time", "23:59", WORD_NONE);
	assert_int_equal(values.time, 24 * 60 - 1);
	for (const char *const *bad = (const char *const[]){ "24:00", "5",
	     "05:60", "05:3", "05:300", "5:30+am", "-1:00", "x", ":30",
	     "123:00", NULL }; *bad != NULL; bad++)
		expect("time", *bad, WORD_NOT_AN_HOUR);
	form_begin(&form, &req, fields, FORM_COUNT(fields));
	form_set_time(&form, "time", 6 * 60 + 5);
	assert_string_equal(form_typed(&form, "time"), "06:05");
}

static void
money_is_of_the_currency(void **state)
{
	(void)state;
	expect("money", "1,500.50", WORD_NONE);
	assert_int_equal(values.money, 150050);
	expect("money", "0", WORD_NONE);
	assert_int_equal(values.money, 0);
	expect("money", "1000000000", WORD_NONE);
	assert_int_equal(values.money, MONEY_MOST);
	expect("money", "1000000000.01", WORD_NOT_MONEY);
	expect("money", "-1", WORD_NOT_MONEY);
	expect("money", "1.505", WORD_NOT_MONEY);
	expect("money", "much", WORD_NOT_MONEY);
	parse("line=abc&money=1.5", &req.form);
	form_begin(&form, &req, fields, FORM_COUNT(fields));
	form.currency = "JPY";
	assert_false(form_read(&form, &values));
	parse("line=abc&money=15", &req.form);
	form_begin(&form, &req, fields, FORM_COUNT(fields));
	form.currency = "JPY";
	assert_true(form_read(&form, &values));
	assert_int_equal(values.money, 15);
}

static void
a_choice_is_one_of_the_list(void **state)
{
	(void)state;
	expect("choice", "green", WORD_NONE);
	assert_ptr_equal(values.choice, colours[1]);
	for (const char *const *bad = (const char *const[]){ "Green", "blue",
	     "red,green", "gre", NULL }; *bad != NULL; bad++) {
		expect("choice", *bad, WORD_NOT_A_CHOICE);
		assert_null(values.choice);
	}
}

static void
a_checkbox_is_there_or_not(void **state)
{
	(void)state;
	expect("flag", "on", WORD_NONE);
	assert_true(values.flag);
	expect("flag", "", WORD_NONE);
	assert_true(values.flag);
	expect("flag", "%ff", WORD_NONE);
	assert_true(values.flag);
	assert_true(post("number=1"));
	assert_false(values.flag);
}

/* ---- days and moments ---------------------------------------------------- */

static int32_t
day_of(int year, int month, int day)
{
	struct clock_date date = { year, month, day, 0, 0, 0 };
	int64_t local;

	assert_true(clock_join(&date, &local));
	return clock_day(local);
}

static void
a_day_is_read_as_it_is_written_here(void **state)
{
	static const struct {
		const char *text;
		int year, month, day;
	} good[] = {
		{ "31-12-2026", 2026, 12, 31 }, { "31/12/2026", 2026, 12, 31 },
		{ "31.12.2026", 2026, 12, 31 }, { "2026-12-31", 2026, 12, 31 },
		{ "1-2-2026", 2026, 2, 1 }, { "01-2-2026", 2026, 2, 1 },
		{ "++31-12-2026+", 2026, 12, 31 },
		{ "29-02-2028", 2028, 2, 29 }, { "2028-02-29", 2028, 2, 29 },
		{ "01-01-1900", 1900, 1, 1 }, { "2199-12-31", 2199, 12, 31 },
	};

	(void)state;
	for (size_t i = 0; i < FORM_COUNT(good); i++) {
		expect("day", good[i].text, WORD_NONE);
		assert_int_equal(values.day, day_of(good[i].year,
		                 good[i].month, good[i].day));
	}
	expect("day", "", WORD_NONE);
	assert_int_equal(values.day, CLOCK_NO_DAY);
}

static void
what_is_no_day_is_refused(void **state)
{
	static const char *const bad[] = {
		"31-02-2026", "29-02-2026", "2026-02-29", "32-01-2026",
		"00-01-2026", "01-00-2026", "01-13-2026", "2026-13-01",
		"12-31-2026", "31-12-26", "31-12", "31122026", "x",
		"31-12-2026x", "31-12-20261", "2026-12-31x", "2026-1-1",
		"31--12-2026", "31-%2b1-2026", "31-+1-2026", "31-12-+2026",
		"31-%0a1-2026", "-1-1-2026", "31-12-2026+10:00", "2026-12",
		"31+12+2026", "0-0-0000", "tomorrow", "%d9%a1-1-2026",
		"001-1-2026", "1-001-2026",
	};

	(void)state;
	for (size_t i = 0; i < FORM_COUNT(bad); i++)
		expect("day", bad[i], WORD_NOT_A_DAY);
	expect("day", "31-12-1899", WORD_OUT_OF_BOUNDS);
	expect("day", "31-12-0026", WORD_NOT_A_DAY);	/* is 2026 meant? */
	expect("day", "2200-01-01", WORD_OUT_OF_BOUNDS);
	expect("day", "9999-12-31", WORD_OUT_OF_BOUNDS);
}

static void
a_moment_is_a_day_and_a_time(void **state)
{
	static const struct {
		const char *text, *moment;	/* NULL: refused */
	} cases[] = {
		{ "2026-12-31T18:30", "2026-12-31 18:30:00" },
		{ "2026-12-31T18:30:15", "2026-12-31 18:30:15" },
		{ "2026-12-31+18:30", "2026-12-31 18:30:00" },
		{ "31-12-2026+18:30", "2026-12-31 18:30:00" },
		{ "1/2/2026+00:00", "2026-02-01 00:00:00" },
		{ "31.12.2026T23:59:59", "2026-12-31 23:59:59" },
		{ "31-12-2026", NULL }, { "18:30", NULL },
		{ "31-12-2026+24:00", NULL }, { "31-12-2026+18:60", NULL },
		{ "31-12-2026+8:30", NULL }, { "31-12-2026++8:30", NULL },
		{ "31-12-2026+18:30:60", NULL }, { "31-12-2026+18", NULL },
		{ "31-12-2026+18:30Z", NULL }, { "2026-12-31T18:30Z", NULL },
		{ "2026-12-31T18:30:00Z", NULL },
		{ "2026-12-31T18:30%2b05", NULL },
		{ "31-12-2026x18:30", NULL }, { "31-02-2026+18:30", NULL },
		{ "31-12-2026+18:30+pm", NULL },
		{ "31-12-2026+18:30:1", NULL }, { "31-12-2026+18:30:15.5", NULL },
	};

	(void)state;
	for (size_t i = 0; i < FORM_COUNT(cases); i++) {
		char text[CLOCK_TEXT_SIZE];

		expect("local", cases[i].text, cases[i].moment == NULL
		       ? WORD_NOT_A_TIME : WORD_NONE);
		if (cases[i].moment == NULL)
			continue;
		clock_format(values.local, text);
		assert_string_equal(text, cases[i].moment);
	}
	expect("local", "9999-12-31T23:59", WORD_OUT_OF_BOUNDS);
}

/* ---- the whole form ------------------------------------------------------ */

static void
all_errors_are_said_at_once(void **state)
{
	(void)state;
	assert_false(post("number=x&day=x&choice=x&money=x&local=x"));
	assert_int_equal(error_of("number"), WORD_NOT_A_NUMBER);
	assert_int_equal(error_of("day"), WORD_NOT_A_DAY);
	assert_int_equal(error_of("choice"), WORD_NOT_A_CHOICE);
	assert_int_equal(error_of("money"), WORD_NOT_MONEY);
	assert_int_equal(error_of("local"), WORD_NOT_A_TIME);
	assert_int_equal(error_of("line"), WORD_NONE);
	form_refuse(&form, "number", WORD_NOT_FOUND);
	assert_int_equal(error_of("number"), WORD_NOT_A_NUMBER);
	form_refuse(&form, "line", WORD_NOT_FOUND);
	assert_int_equal(error_of("line"), WORD_NOT_FOUND);
}

static void
a_refusal_of_the_caller_counts(void **state)
{
	(void)state;
	assert_true(post("number=1"));
	assert_false(form.is_refused);
	form_refuse(&form, "number", WORD_NOT_FOUND);
	assert_true(form.is_refused);
}

/* The text of a name of the model, "" for null, "true" for a bool. */
static const char *
shown(json_object *model, const char *name)
{
	json_object *value = NULL;

	if (!json_object_object_get_ex(model, name, &value))
		return "(not there)";
	return value == NULL ? "" : arena_strdup(req.arena,
		json_object_get_string(value));
}

static void
what_was_typed_is_drawn_again(void **state)
{
	json_object *model = json_object_new_object();

	(void)state;
	assert_false(post("number=x&day=31-12-2026&flag=on&choice=green&"
	                  "secret=hidden&nonce=" NONCE));
	form_present(&form, model);
	assert_string_equal(shown(model, "number"), "x");
	assert_string_equal(shown(model, "number_error"),
	                    words(WORD_NOT_A_NUMBER));
	assert_string_equal(shown(model, "day"), "31-12-2026");
	assert_string_equal(shown(model, "day_error"), "");
	assert_string_equal(shown(model, "flag"), "true");
	assert_string_equal(shown(model, "choice_is_green"), "true");
	assert_string_equal(shown(model, "choice_is_red"), "false");
	assert_string_equal(shown(model, "secret"), "(not there)");
	assert_string_equal(shown(model, "secret_error"), "");
	assert_string_equal(shown(model, "is_refused"), "true");
	assert_string_equal(shown(model, "nonce"), NONCE);
	assert_string_equal(shown(model, "word"), "");
	json_object_put(model);
}

static void
a_form_begins_as_it_is_set(void **state)
{
	static const struct form_choice list[] = { { "1", "North" },
		                                   { "7", "South" } };
	json_object *model = json_object_new_object(), *choices;

	(void)state;
	form_set(&form, "line", "Asha");
	form_set(&form, "word", NULL);
	form_set_int(&form, "number", 7);
	form_set_day(&form, "day", day_of(2026, 12, 31));
	form_set_money(&form, "money", 150050);
	form_present(&form, model);
	form_present_choices(&form, model, "number", list, 2);
	assert_string_equal(shown(model, "line"), "Asha");
	assert_string_equal(shown(model, "word"), "");
	assert_string_equal(shown(model, "number"), "7");
	assert_string_equal(shown(model, "day"), "2026-12-31");
	assert_string_equal(shown(model, "money"), "1500.50");
	assert_string_equal(shown(model, "flag"), "false");
	assert_string_equal(shown(model, "is_refused"), "false");
	assert_int_equal(strlen(shown(model, "nonce")), 32);
	choices = json_object_object_get(model, "number_choices");
	assert_string_equal(json_object_to_json_string_ext(choices,
	                    JSON_C_TO_STRING_PLAIN),
	                    "[{\"value\":\"1\",\"text\":\"North\","
	                    "\"is_chosen\":false},{\"value\":\"7\","
	                    "\"text\":\"South\",\"is_chosen\":true}]");
	json_object_put(model);
}

static void
an_address_is_read_as_far_as_it_can_be(void **state)
{
	(void)state;
	parse("number=3&day=x&choice=blue&line=a&word=ok&local=%ff&flag=1",
	      &req.query);
	form_read_query(&form, &values);
	assert_false(form.is_refused);
	assert_int_equal(values.number, 3);
	assert_string_equal(values.word, "ok");
	assert_true(values.flag);
	assert_int_equal(values.day, CLOCK_NO_DAY);
	assert_null(values.choice);
	assert_null(values.line);
	assert_int_equal(values.local, CLOCK_NO_TIME);
	for (size_t i = 0; i < FORM_COUNT(fields); i++)
		assert_int_equal(form.errors[i], WORD_NONE);
	assert_string_equal(form_typed(&form, "number"), "3");
	assert_string_equal(form_typed(&form, "day"), "");
	assert_string_equal(form_typed(&form, "line"), "");
}

static void
what_a_bound_refuses_does_not_reach_the_value(void **state)
{
	(void)state;
	parse("number=100", &req.query);
	form_read_query(&form, &values);
	assert_int_equal(values.number, 7);
}

static void
a_nonce_is_hex_digits(void **state)
{
	static const char *const bad[] = {
		"", "nonce", "nonce=", "nonce=0123", "nonce=" NONCE "0",
		"nonce=0123456789ABCDEF0123456789ABCDEF",
		"nonce=0123456789abcdef0123456789abcdeg",
		"nonce=0123456789abcdef0123456789abcde%20",
		"nonce=0123456789abcdef0123456789abcd%c3%a4",
		"nonce=" NONCE "%00",
	};
	json_object *one, *two;

	(void)state;
	parse("nonce=" NONCE, &req.form);
	assert_string_equal(form_nonce(&req), NONCE);
	for (size_t i = 0; i < FORM_COUNT(bad); i++) {
		parse(bad[i], &req.form);
		if (form_nonce(&req) != NULL)
			fail_msg("'%s' was taken", bad[i]);
	}
	/* then a new one is drawn, another each time */
	one = json_object_new_object();
	two = json_object_new_object();
	form_present(&form, one);
	form_present(&form, two);
	assert_string_not_equal(shown(one, "nonce"), shown(two, "nonce"));
	json_object_put(one);
	json_object_put(two);
}

static void
every_word_says_something(void **state)
{
	(void)state;
	assert_null(words(WORD_NONE));
	for (int i = WORD_NONE + 1; i < WORD__COUNT; i++) {
		if (words((enum word)i) == NULL)
			fail_msg("word %d has no text", i);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_trimmed_and_counted_in_characters),
		TEST(a_needed_line_is_asked_for),
		TEST(what_cannot_be_kept_is_refused),
		TEST(lines_may_have_several),
		TEST(a_word_has_only_its_letters),
		TEST(a_secret_stays_as_it_is),
		TEST(a_number_is_whole_and_within_bounds),
		TEST(a_time_is_of_one_day),
		TEST(money_is_of_the_currency),
		TEST(a_choice_is_one_of_the_list),
		TEST(a_checkbox_is_there_or_not),
		TEST(a_day_is_read_as_it_is_written_here),
		TEST(what_is_no_day_is_refused),
		TEST(a_moment_is_a_day_and_a_time),
		TEST(all_errors_are_said_at_once),
		TEST(a_refusal_of_the_caller_counts),
		TEST(what_was_typed_is_drawn_again),
		TEST(a_form_begins_as_it_is_set),
		TEST(an_address_is_read_as_far_as_it_can_be),
		TEST(what_a_bound_refuses_does_not_reach_the_value),
		TEST(a_nonce_is_hex_digits),
		TEST(every_word_says_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
