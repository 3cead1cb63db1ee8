/* test_alert_text.c: what a mail about alerts says */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "pages/alert_text.h"

#define AT INT64_C(1773300000000)	/* 2026-03-12 12:50 in Kolkata */
#define MIN 60000

static struct buf subject, text;

static void
write_letter(struct alert_line *lines, size_t count, bool has_branches,
             const char *url)
{
	struct alert_letter letter = {
		.email = "a@b.example", .company = "Spine Fitness",
		.branch = "New Delhi", .zone = "Asia/Kolkata",
		.has_branches = has_branches, .is_wanted = true,
		.lines = lines, .count = count,
	};

	buf_reset(&subject);
	buf_reset(&text);
	alert_text_write(&letter, url, &subject, &text);
}

static void
has(const char *what)
{
	if (strstr(text.data, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text.data);
}

static void
lacks(const char *what)
{
	if (strstr(text.data, what) != NULL)
		fail_msg("\"%s\" in:\n%s", what, text.data);
}

static void
it_says_what_where_since_when_and_what_to_do(void **state)
{
	struct alert_line line = { ALERT_TERMINAL, "Front door", "SN-1", AT,
		                   CLOCK_NO_TIME, true, false };

	(void)state;
	write_letter(&line, 1, false, "");
	assert_string_equal(subject.data, "Spine Fitness: Terminal does not "
	                    "answer (Front door)");
	has("Spine Fitness\n\nThe bridge is well, but the terminal does not "
	    "answer it:\n\n  - Front door (SN-1), since 12 Mar 2026, "
	    "12:50 pm\n\nIs the terminal on");
	lacks("New Delhi");
	lacks("http");
	write_letter(&line, 1, true, "https://gym.example");
	assert_string_equal(subject.data, "Spine Fitness, New Delhi: Terminal "
	                    "does not answer (Front door)");
	has("Spine Fitness, New Delhi\n");
	has("\nhttps://gym.example/devices\n");
}

static void
what_is_over_says_how_long_it_was(void **state)
{
	struct alert_line lines[] = {
		{ ALERT_BRIDGE, "Front door", "SN-1", AT, AT + 25 * MIN,
		  false, true },
		{ ALERT_BRIDGE, "Back door", "SN-2", AT, AT + 26 * MIN,
		  true, true },
	};

	(void)state;
	write_letter(lines, 2, false, "");
	assert_string_equal(subject.data, "Spine Fitness: over: Bridge silent "
	                    "(2 terminals)");
	has("The bridge reports again:\n\n  - Front door (SN-1), from 12 Mar "
	    "2026, 12:50 pm to 12 Mar 2026, 1:15 pm: 25 min\n"
	    "  - Back door (SN-2), from 12 Mar 2026, 12:50 pm to 12 Mar 2026, "
	    "1:16 pm: 26 min; it was over before this could be told\n");
	lacks("does not report");
	lacks("Is the computer");
}

static void
several_kinds_stand_apart(void **state)
{
	struct alert_line lines[] = {
		{ ALERT_BRIDGE, "Front door", "SN-1", AT, AT + 25 * MIN,
		  false, true },
		{ ALERT_BRIDGE, "Back door", "SN-2", AT, CLOCK_NO_TIME,
		  true, false },
		{ ALERT_LOG, "Back\r\nBcc: door\x1b", "SN-2", AT,
		  CLOCK_NO_TIME, true, false },
	};

	(void)state;
	write_letter(lines, 3, false, "");
	assert_string_equal(subject.data, "Spine Fitness: 3 alerts");
	has("does not report:\n\n  - Back door (SN-2), since");
	has("reports again:\n\n  - Front door (SN-1), from");
	has("nearly full:\n\n  - Back  Bcc: door  (SN-2), since");
}

static void
every_kind_has_its_words(void **state)
{
	(void)state;
	for (int kind = 0; kind < ALERT__COUNT; kind++) {
		struct alert_line line = { (enum alert_kind)kind, "Door",
			                   "SN", AT, AT, true, false };

		write_letter(&line, 1, false, "");
		assert_non_null(strstr(subject.data,
			alert_text_kind((enum alert_kind)kind)));
		has("  - Door (SN), since");
		line.tells_begin = !(line.tells_end = true);
		write_letter(&line, 1, false, "");
		has("  - Door (SN), from");
	}
}

static int
finish(void **state)
{
	(void)state;
	buf_finish(&subject);
	buf_finish(&text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_where_since_when_and_what_to_do),
		cmocka_unit_test(what_is_over_says_how_long_it_was),
		cmocka_unit_test(several_kinds_stand_apart),
		cmocka_unit_test(every_kind_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
