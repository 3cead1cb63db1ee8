/* test_events.c: an event stream, however it is cut */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "events.h"

/* Streams, and their events as "name|data;". */
static const struct {
	const char *stream, *events;
} streams[] = {
	{ "", "" },
	{ "event: access\ndata: 1\n\n", "access|1;" },
	{ "event: access\rdata: 1\r\r", "access|1;" },
	{ "event: access\r\ndata: 1\r\n\r\n", "access|1;" },
	{ "event: access\r\ndata: 1\n\r", "access|1;" },
	{ "data: 1\n\r\ndata: 2\r\n\n", "message|1;message|2;" },
	{ "data: 1\r\rdata: 2\n\n", "message|1;message|2;" },
	/* CR LF CR is two ends of line, LF CR as well */
	{ "data: 1\r\n\rdata: 2\n\r", "message|1;message|2;" },

	/* of HTML 9.2 */
	{ "data: YHOO\ndata: +2\ndata: 10\n\n", "message|YHOO\n+2\n10;" },
	{ ": test stream\n\ndata: first event\nid: 1\n\n"
	  "data:second event\nid\n\ndata:  third event\n\n",
	  "message|first event;message|second event;message| third event;" },
	{ "data\n\ndata\ndata\n\ndata:", "message|;message|\n;" },
	{ "data:test\n\ndata: test\n\n", "message|test;message|test;" },

	/* a name goes with its own event, the last one counts */
	{ "event: a\ndata: 1\n\ndata: 2\n\n", "a|1;message|2;" },
	{ "event: a\nevent: b\ndata: 1\n\n", "b|1;" },
	{ "data: 1\nevent: a\n\n", "a|1;" },
	{ "event: a\n\ndata: 2\n\n", "message|2;" },
	{ "event:\ndata: 2\n\n", "message|2;" },

	/* colons, blanks, other fields, other spellings */
	{ "data: a: b :c\n\n", "message|a: b :c;" },
	{ "data : 1\nData: 2\n data: 3\ndatum: 4\nretry: 5\nda: 6\n\n", "" },
	{ ":\n:ping\n: data: 1\n\n", "" },
	{ ":ping\n\n:ping\n\ndata: 1\n:ping\n\n:ping\n\n", "message|1;" },
	{ "data: {\"a\":\"\xE0\xA4\x85\"}\n\n",
	  "message|{\"a\":\"\xE0\xA4\x85\"};" },

	/* the mark is passed over once, at the beginning */
	{ "\xEF\xBB\xBF" "data: 1\n\n", "message|1;" },
	{ "\xEF\xBB\xBF\n\ndata: 1\n\n", "message|1;" },
	{ "\xEF\xBB\xBF\xEF\xBB\xBF" "data: 1\n\n", "" },
	{ "\n\xEF\xBB\xBF" "data: 1\n\ndata: 2\n\n", "message|2;" },
	{ "\xEF\xBB" "data: 1\n\ndata: 2\n\n", "message|2;" },

	/* broken off */
	{ "data: 1\n\ndata: 2\n", "message|1;" },
	{ "data: 1\n\ndata: 2", "message|1;" },
	{ "data: 1\n\nevent: a\ndata: 2\r", "message|1;" },
};

static void
note(void *arg, const char *event, const char *data)
{
	buf_appendf(arg, "%s|%s;", event, data);
}

/* All of a stream in pieces of `first`, `second`, and the rest. */
static void
check_cut(const char *stream, size_t len, size_t first, size_t second,
          const char *expected)
{
	struct buf got = BUF_INIT;
	struct events e;

	events_init(&e);
	buf_append_str(&got, "");
	events_feed(&e, stream, first, note, &got);
	events_feed(&e, stream + first, second, note, &got);
	events_feed(&e, stream + first + second, len - first - second, note,
	            &got);
	assert_string_equal(got.data, expected);
	events_finish(&e);
	buf_finish(&got);
}

static void
a_stream_is_the_same_wherever_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		const char *stream = streams[i].stream;
		size_t len = strlen(stream);

		for (size_t a = 0; a <= len; a++) {
			for (size_t b = 0; a + b <= len; b++)
				check_cut(stream, len, a, b,
				          streams[i].events);
		}
	}
}

static void
a_stream_comes_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		struct buf got = BUF_INIT;
		struct events e;

		events_init(&e);
		buf_append_str(&got, "");
		for (const char *c = streams[i].stream; *c != '\0'; c++)
			events_feed(&e, c, 1, note, &got);
		assert_string_equal(got.data, streams[i].events);
		events_finish(&e);
		buf_finish(&got);
	}
}

/* ---- limits ------------------------------------------------------------- */

static void
repeat(struct buf *to, char c, size_t n)
{
	memset(buf_reserve(to, n + 1), c, n);
	to->len += n;
	to->data[to->len] = '\0';
}

/* The stream so far and a good event behind it, whole and in odd pieces. */
static void
check_survives(struct buf *stream, const char *expected)
{
	static const size_t pieces[] = { 1, 7, 4096, 1 << 20 };

	buf_append_str(stream, "\n\ndata: good\n\n");
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct buf got = BUF_INIT;
		struct events e;

		events_init(&e);
		for (size_t at = 0; at < stream->len; at += pieces[i])
			events_feed(&e, stream->data + at,
			            stream->len - at < pieces[i] ?
			            stream->len - at : pieces[i], note, &got);
		assert_string_equal(got.data, expected);
		assert_true(e.line.cap <= 4 * EVENTS_LINE_MAX);
		assert_true(e.data.cap <= 4 * EVENTS_DATA_MAX);
		events_finish(&e);
		buf_finish(&got);
	}
	buf_finish(stream);
}

static void
a_line_that_is_too_long_costs_its_event_alone(void **state)
{
	struct buf stream = BUF_INIT;

	(void)state;
	buf_append_str(&stream, "data: 1\n\ndata: ");
	repeat(&stream, 'x', EVENTS_LINE_MAX - 5);
	buf_append_str(&stream, "\ndata: of the same event");
	check_survives(&stream, "message|1;message|good;");

	/* a name of other fields does, too: who knows what it was */
	buf_append_str(&stream, "data: 1\n");
	repeat(&stream, 'x', 10 * EVENTS_LINE_MAX);
	check_survives(&stream, "message|good;");

	/* but a comment may be of any length */
	buf_append_str(&stream, "data: 1\n:");
	repeat(&stream, ' ', 10 * EVENTS_LINE_MAX);
	check_survives(&stream, "message|1;message|good;");
}

static void
the_longest_line_and_event_are_whole(void **state)
{
	struct buf stream = BUF_INIT, expected = BUF_INIT;

	(void)state;
	buf_append_str(&stream, "\xEF\xBB\xBF\ndata: ");
	repeat(&stream, 'x', EVENTS_LINE_MAX - 6);
	buf_append_str(&expected, "message|");
	repeat(&expected, 'x', EVENTS_LINE_MAX - 6);
	buf_append_str(&expected, ";message|good;");
	check_survives(&stream, expected.data);
	buf_finish(&expected);

	buf_append_str(&expected, "message|");
	for (int i = 0; i < EVENTS_DATA_MAX / 1024; i++) {
		buf_append_str(&stream, "data: ");
		repeat(&stream, 'x', 1023);
		buf_append_str(&stream, "\n");
		repeat(&expected, 'x', 1023);
		buf_append_str(&expected, i < EVENTS_DATA_MAX / 1024 - 1
		               ? "\n" : ";message|good;");
	}
	check_survives(&stream, expected.data);
	buf_finish(&expected);
}

static void
an_event_that_is_too_long_is_dropped_to_its_end(void **state)
{
	struct buf stream = BUF_INIT;

	(void)state;
	for (int i = 0; i < 20 * EVENTS_DATA_MAX / 1024; i++) {
		buf_append_str(&stream, "data: ");
		repeat(&stream, 'x', 1024);
		buf_append_str(&stream, "\n");
	}
	buf_append_str(&stream, "data: end");
	check_survives(&stream, "message|good;");

	/* lines without anything in them are data as well */
	for (int i = 0; i < EVENTS_DATA_MAX + 10; i++)
		buf_append_str(&stream, "data\n");
	check_survives(&stream, "message|good;");

	buf_append_str(&stream, "data: 1\nevent: ");
	repeat(&stream, 'x', EVENTS_NAME_MAX + 1);
	check_survives(&stream, "message|good;");
}

static void
a_nul_costs_its_event_alone(void **state)
{
	struct buf stream = BUF_INIT;

	(void)state;
	buf_append(&stream, "data: 1\ndata: 2\0003\n", 18);
	check_survives(&stream, "message|good;");
	buf_append(&stream, "data\0: 1\ndata: 2\n", 17);
	check_survives(&stream, "message|good;");
	buf_append(&stream, ":\0\ndata: 2\n", 11);
	check_survives(&stream, "message|2;message|good;");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_the_same_wherever_it_is_cut),
		cmocka_unit_test(a_stream_comes_byte_by_byte),
		cmocka_unit_test(
			a_line_that_is_too_long_costs_its_event_alone),
		cmocka_unit_test(the_longest_line_and_event_are_whole),
		cmocka_unit_test(
			an_event_that_is_too_long_is_dropped_to_its_end),
		cmocka_unit_test(a_nul_costs_its_event_alone),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
