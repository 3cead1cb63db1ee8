/* test_entry.c: who may enter at a terminal, by the server's list */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "entry.h"
#include "base/clock.h"
#include "gym/access.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define HEAD(enforced) "{\"status\":true,\"zone\":\"Asia/Kolkata\"," \
	"\"now\":\"2026-11-26 10:00:00\",\"until\":\"2026-12-10 00:00:00\"," \
	"\"enforced\":" enforced ",\"lever\":\"DISABLE\",\"lever_value\":0," \
	"\"users\":["
#define ON HEAD("\"2026-11-20T08:00:00.000Z\"")
#define USER(id, windows) "{\"user_id\":\"" id "\",\"windows\":[" windows "]"

/* 7 until the 28th, 8 mornings, 9 never, 10 never but spared */
#define GYM USER("9", "") "}," \
	USER("7", "[\"2026-11-26 10:00:00\",\"2026-11-28 00:00:00\"]") "}," \
	USER("10", "") ",\"spared\":true}," \
	USER("12", "[\"2026-12-03 06:00:00\",\"2026-12-03 10:00:00\"]") "}," \
	USER("8", "[\"2026-11-26 10:00:00\",\"2026-11-26 12:00:00\"]," \
	     "[\"2026-11-27 06:00:00\",\"2026-11-27 12:00:00\"]") \
	",\"approved\":true,\"blocked\":true}]}"

static bool
reads(const char *json, struct entry_list *out)
{
	const struct buf body = { (char *)json, strlen(json),
	                          strlen(json) + 1 };

	return entry_read(&body, out);
}

static int64_t
at(const char *text)
{
	bool has_offset;
	int offset_s;
	int64_t local;

	assert_true(clock_parse(text, &local, &has_offset, &offset_s));
	return local;
}

static void
a_list_is_read(void **state)
{
	struct entry_list list;
	const struct entry_user *user;

	(void)state;
	assert_true(reads(ON GYM, &list));
	assert_int_equal(list.user_count, 5);
	assert_int_equal(list.window_count, 4);
	assert_int_equal(list.enforced_at,
	                 at("2026-11-20 08:00:00") * 1000);
	assert_int_equal(list.lever.kind, LEVER_DISABLE);
	user = entry_find(&list, "8");
	assert_non_null(user);
	assert_true(user->approved && user->blocked && !user->spared);
	assert_null(entry_find(&list, "1"));
	assert_null(entry_find(&list, "1234567890123456789012345"));
	entry_finish(&list);
	entry_finish(&list);
}

static const struct {
	const char *user_id, *local;
	enum entry_trust trust;
	bool open, close;
} cases[] = {
	{ "7", "2026-11-26 10:00:00", ENTRY_KNOWN, true, false },
	{ "7", "2026-11-27 23:59:59", ENTRY_KNOWN, true, false },
	{ "7", "2026-11-28 00:00:00", ENTRY_KNOWN, false, true },
	{ "7", "2026-11-28 00:00:00", ENTRY_STALE, false, true },
	{ "7", "2026-11-28 00:00:00", ENTRY_NO_CLOCK, false, false },
	{ "7", "2026-12-09 23:59:59", ENTRY_KNOWN, false, true },
	{ "7", "2026-12-10 00:00:00", ENTRY_KNOWN, false, false },
	{ "8", "2026-11-26 12:00:00", ENTRY_KNOWN, false, true },
	{ "8", "2026-11-26 12:00:00", ENTRY_STALE, false, false },
	{ "8", "2026-11-27 06:00:00", ENTRY_STALE, true, false },
	{ "8", "2026-11-27 12:00:00", ENTRY_STALE, false, true },
	{ "9", "2026-11-26 10:00:00", ENTRY_KNOWN, false, true },
	{ "9", "2026-11-26 09:59:59", ENTRY_KNOWN, false, false },
	{ "10", "2026-11-26 10:00:00", ENTRY_KNOWN, true, false },
	/* a plan of Thursdays: the next one lies behind the list's end */
	{ "12", "2026-12-04 12:00:00", ENTRY_KNOWN, false, true },
	{ "12", "2026-12-04 12:00:00", ENTRY_STALE, false, false },
};

static void
windows_decide_and_doubt_leaves_open(void **state)
{
	struct entry_list list, off;

	(void)state;
	assert_true(reads(ON GYM, &list));
	assert_true(reads(HEAD("null") GYM, &off));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct entry_user *user =
			entry_find(&list, cases[i].user_id);
		int64_t local = at(cases[i].local);

		print_message("%s %s\n", cases[i].user_id, cases[i].local);
		assert_int_equal(entry_is_open(&list, user, local),
		                 cases[i].open);
		assert_int_equal(entry_may_close(&list, user, local,
		                                  cases[i].trust),
		                 cases[i].close);
		assert_false(entry_may_close(&off,
			entry_find(&off, cases[i].user_id), local,
			cases[i].trust));
	}
	entry_finish(&list);
	entry_finish(&off);
}

static void
the_next_edge_is_known(void **state)
{
	struct entry_list list;

	(void)state;
	assert_true(reads(ON GYM, &list));
	assert_int_equal(entry_next_change(&list, at("2026-11-26 10:00:00")),
	                 at("2026-11-26 12:00:00"));
	assert_int_equal(entry_next_change(&list, at("2026-11-26 12:00:00")),
	                 at("2026-11-27 06:00:00"));
	assert_int_equal(entry_next_change(&list, at("2026-12-03 10:00:00")),
	                 at("2026-12-10 00:00:00"));
	assert_int_equal(entry_next_change(&list, at("2026-12-10 00:00:00")),
	                 CLOCK_NO_TIME);
	entry_finish(&list);
}

static void
what_makes_no_sense_is_no_list(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{\"status\":true}",
		ON "7]}",
		ON USER("", "") "}]}",
		ON "{\"user_id\":\"7\"}]}",
		ON USER("7", "") "}," USER("7", "") "}]}",
		ON USER("1234567890123456789012345", "") "}]}",
		ON USER("7", "[\"2026-11-26 10:00:00\"]") "}]}",
		ON USER("7", "[\"2026-11-26 10:00:00\",5]") "}]}",
		ON USER("7", "[\"2026-11-26 10:00:00\","
		        "\"2026-11-26 10:00:00\"]") "}]}",
		ON USER("7", "[\"2026-11-26 10:00:00Z\","
		        "\"2026-11-26 11:00:00Z\"]") "}]}",
		ON USER("7", "[\"2026-11-26 10:00:00\","
		        "\"2026-11-26 11:00:00\"],"
		        "[\"2026-11-26 11:00:00\","
		        "\"2026-11-26 12:00:00\"]") "}]}",
		HEAD("true") "]}",
		HEAD("\"2026-11-20 08:00:00\"") "]}",
	};
	struct entry_list list;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		print_message("%s\n", bad[i]);
		assert_false(reads(bad[i], &list));
		assert_int_equal(list.user_count, 0);
		assert_null(list.users);
	}
}

/* As many windows as the server tells of one user: gym/access.h. */
static void
the_longest_list_of_the_server_is_read(void **state)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	int64_t local = at("2026-11-26 10:00:00");
	struct buf body = BUF_INIT;
	struct entry_list list;

	(void)state;
	buf_append_str(&body, ON "{\"user_id\":\"7\",\"windows\":[");
	for (int i = 0; i < ACCESS_WINDOWS_MAX; i++, local += 3600) {
		clock_format(local, from);
		clock_format(local + 1800, to);
		buf_appendf(&body, "%s[\"%s\",\"%s\"]", i ? "," : "", from,
		            to);
	}
	buf_append_str(&body, "]}]}");
	assert_true(entry_read(&body, &list));
	assert_int_equal(list.window_count, ACCESS_WINDOWS_MAX);
	entry_finish(&list);
	buf_finish(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_read),
		cmocka_unit_test(windows_decide_and_doubt_leaves_open),
		cmocka_unit_test(the_next_edge_is_known),
		cmocka_unit_test(the_longest_list_of_the_server_is_read),
		cmocka_unit_test(what_makes_no_sense_is_no_list),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
