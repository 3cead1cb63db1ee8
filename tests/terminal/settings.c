/* settings.c: how the fake terminal behaves: options and `set` orders */
#include "tests/terminal/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

enum kind { INT, WORD, STR };

/* Words in the order of their enums, which wire.h and settings.h have. */
static const char *const record_words[] = { "8", "8b", "16", "40", "49", NULL };
static const char *const user_words[] = { "28", "72", NULL };
static const char *const cut_words[] = { "plain", "glue", "bytes", "chop",
	                                 NULL };
static const char *const yes_words[] = { "no", "yes", NULL };
static const char *const transport_words[] = { "both", "tcp", "udp", NULL };
static const char *const full_words[] = { "stop", "drop-one", "drop-block",
	                                  NULL };
static const char *const sizes_words[] = { "92", "80", "112", "4", NULL };
static const char *const counts_words[] = { "true", "zero", NULL };
static const char *const unknown_words[] = { "error", "unknown", NULL };
static const char *const tails_words[] = { "serve", "refuse", NULL };
static const char *const second_words[] = { "close", "hang", NULL };
static const char *const ack_words[] = { "ignore", "resend", NULL };
static const char *const honours_words[] = { "all", "zones", "nothing",
	                                     NULL };
static const char *const ignores_words[] = { "nothing", "bit", "all", NULL };
static const char *const event_words[] = { "10", "12", "14", "32", "36", "37",
	                                   "52", NULL };

#define HELP_COLUMN 20
#define AT(field) offsetof(struct fake_settings, field)

static const struct setting {
	const char *name;
	enum kind kind;
	bool running;		/* may change after the start */
	size_t offset;
	const char *fallback;	/* NULL: not given */
	int64_t least, most;
	const char *const *words;
	const char *help;
} settings[] = {
	{ "buffered", WORD, true, AT(buffered), "yes", 0, 0, yes_words,
	  "knows 1503 and 1504, not only the direct 9 and 13" },
	{ "capacity", INT, true, AT(capacity), "200000", 1, 200000, NULL,
	  "punches that the log holds" },
	{ "closed-group", INT, true, AT(closed_group), "0", 0, 100, NULL,
	  "group that may not enter; 0: none" },
	{ "closed-zone", INT, true, AT(closed_zone), "0", 0, 50, NULL,
	  "time zone that is closed all day; 0: none" },
	{ "comm-key", INT, true, AT(comm_key), "0", 0, UINT32_MAX, NULL,
	  "key that a client must know; 0: none" },
	{ "connect-code", INT, true, AT(connect_code), "0", 0, 65535, NULL,
	  "answers CONNECT with this code; 0: as it should" },
	{ "control", STR, false, AT(control), NULL, 0, 0, NULL,
	  "path of the socket that takes orders" },
	{ "counts", WORD, true, AT(counts_zero), "true", 0, 0,
	  counts_words,
	  "GET_FREE_SIZES counts punches, or says 0" },
	{ "cut", WORD, true, AT(cut), "plain", 0, 0, cut_words,
	  "how answers are cut into writes" },
	{ "disable-blocks", WORD, true, AT(disable_blocks), "yes", 0, 0,
	  yes_words, "refuses punches while disabled" },
	{ "drop-block", INT, true, AT(drop_block), "100", 1, 200000, NULL,
	  "how many --full drop-block takes away" },
	{ "drop-templates", WORD, true, AT(drop_templates), "no", 0, 0,
	  yes_words,
	  "a user that a client writes loses its fingers" },
	{ "event-ack", WORD, true, AT(event_ack), "ignore", 0, 0, ack_words,
	  "a live punch not acknowledged goes out again" },
	{ "event-size", WORD, true, AT(event_form), "32", 0, 0, event_words,
	  "bytes of a live punch" },
	{ "firmware", STR, false, AT(firmware), "Ver 6.60 Apr 26 2016", 0, 0,
	  NULL, "answer to GET_VERSION" },
	{ "first-byte", INT, true, AT(first_byte_ms), "0", 0, 600000, NULL,
	  "ms before a table is ready: 1503, or direct 9 and 13" },
	{ "full", WORD, true, AT(full), "stop", 0, 0, full_words,
	  "a full log refuses punches or gives up the oldest" },
	{ "honours", WORD, true, AT(honours), "all", 0, 0, honours_words,
	  "the bit, closed group and zone; zones: not the bit" },
	{ "ignores", WORD, true, AT(ignores), "nothing", 0, 0, ignores_words,
	  "what stays the same when a user is written" },
	{ "inline", INT, true, AT(inline_bytes), "1024", 0, 60000, NULL,
	  "largest table that 1503 answers at once, in bytes" },
	{ "junk", WORD, true, AT(junk), "no", 0, 0, yes_words,
	  "rubbish behind texts, = around the serial" },
	{ "log-code", INT, true, AT(log_code), "0", 0, 65535, NULL,
	  "answers 1503 and 13 for the log with this code" },
	{ "mac", STR, true, AT(mac), "00:17:61:42:42:42", 0, 0, NULL,
	  "option MAC" },
	{ "max-packet", INT, true, AT(max_packet), "65528", 16, 65528, NULL,
	  "most bytes of a DATA packet" },
	{ "name", STR, false, AT(name), "CRT5200", 0, 0, NULL,
	  "option ~DeviceName" },
	{ "odd-tails", WORD, true, AT(odd_tails), "serve", 0, 0, tails_words,
	  "1504 from off the borders of 65472 (UDP: 16384)" },
	{ "pace", INT, true, AT(pace_ms), "0", 0, 60000, NULL,
	  "ms between frames, from when the client took the last" },
	{ "platform", STR, false, AT(platform), "ZMM210_TFT", 0, 0, NULL,
	  "option ~Platform" },
	{ "port", INT, false, AT(port), "4370", 0, 65535, NULL,
	  "port on 127.0.0.1; 0: any free one" },
	{ "reboot-ms", INT, true, AT(reboot_ms), "300", 0, 600000, NULL,
	  "ms that it is away after a reboot" },
	{ "record-size", WORD, true, AT(record_form), "40", 0, 0, record_words,
	  "layout of the log; 8b is the other 8-byte one" },
	{ "relay", WORD, true, AT(relay), "yes", 0, 0, yes_words,
	  "has a door that UNLOCK opens, or refuses" },
	{ "restart-answer", WORD, true, AT(restart_answer), "yes", 0, 0,
	  yes_words,
	  "answers RESTART before it obeys" },
	{ "second", WORD, true, AT(second), "close", 0, 0, second_words,
	  "what a client above --sessions meets" },
	{ "seed", INT, false, AT(seed), "1", 1, UINT32_MAX, NULL,
	  "of what is made up: `log N`, --cut chop, --udp-loss" },
	{ "send", STR, false, AT(send), NULL, 0, 0, NULL,
	  "sends this order to --control, prints the answer" },
	{ "serial", STR, false, AT(serial), "CRT5200-SN001", 0, 0, NULL,
	  "option ~SerialNumber" },
	{ "sessions", INT, true, AT(sessions), "16", 1, 60, NULL,
	  "clients at a time; see --second" },
	{ "sizes", WORD, true, AT(sizes_form), "92", 0, 0, sizes_words,
	  "bytes of GET_FREE_SIZES; 4: all zero" },
	{ "state", STR, false, AT(state), NULL, 0, 0, NULL,
	  "file that keeps users and log" },
	{ "transport", WORD, false, AT(transport), "both", 0, 0,
	  transport_words,
	  "listens on TCP, UDP, or both" },
	{ "udp-double", INT, true, AT(udp_double), "0", 0, 100, NULL,
	  "percent of its datagrams that go out twice" },
	{ "udp-loss", INT, true, AT(udp_loss), "0", 0, 100, NULL,
	  "percent of its datagrams that are lost" },
	{ "udp-swap", INT, true, AT(udp_swap), "0", 0, 100, NULL,
	  "percent of its datagrams that the next overtakes" },
	{ "unknown-option", WORD, true, AT(unknown_option), "error", 0, 0,
	  unknown_words,
	  "answers unknown options with 2001 or 65535" },
	{ "user-capacity", INT, true, AT(user_capacity), "10000", 1, 60000,
	  NULL, "users that it holds" },
	{ "user-code", INT, true, AT(user_code), "0", 0, 65535, NULL,
	  "answers USER_WRQ with this code; 0: as it should" },
	{ "user-size", WORD, true, AT(user_form), "72", 0, 0, user_words,
	  "layout of a user" },
	{ "users", INT, false, AT(users), "0", 0, 60000, NULL,
	  "starts with users 1 to N" },
	{ "zone", STR, false, AT(zone), NULL, 0, 0, NULL,
	  "IANA zone that its clock shows; this machine's" },
};

#define SETTINGS (sizeof settings / sizeof *settings)

static void *
place_of(struct fake_settings *s, const struct setting *t)
{
	return (char *)s + t->offset;
}

static bool
set_word(int64_t *to, const char *const *words, const char *value)
{
	for (int64_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], value) == 0) {
			*to = i;
			return true;
		}
	}
	return false;
}

static bool
set_text(char **to, const char *value)
{
	if (value[0] == '\0' || strlen(value) > 4000)
		return false;
	free(*to);
	*to = strdup(value);
	if (*to == NULL)
		log_die("out of memory");
	return true;
}

static bool
set_value(struct fake_settings *s, const struct setting *t, const char *value)
{
	void *place = place_of(s, t);

	switch (t->kind) {
	case INT:
		return text_to_int(value, t->least, t->most, place);
	case WORD:
		return set_word(place, t->words, value);
	default:
		return set_text(place, value);
	}
}

bool
fake_settings_set(struct fake_settings *s, const char *name,
                  const char *value, bool running, char *error, size_t size)
{
	const struct setting *t = settings;

	while (t < settings + SETTINGS && strcmp(t->name, name) != 0)
		t++;
	if (t == settings + SETTINGS) {
		snprintf(error, size, "unknown option '%s'", name);
		return false;
	}
	if (running && !t->running) {
		snprintf(error, size, "%s is set at the start only", name);
		return false;
	}
	if (!set_value(s, t, value) ||
	    (t->offset == AT(zone) && !clock_zone_valid(value))) {
		snprintf(error, size, "%s cannot be '%s'", name, value);
		return false;
	}
	return true;
}

void
fake_settings_init(struct fake_settings *s)
{
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *t = settings + i;

		if (t->fallback != NULL && !set_value(s, t, t->fallback))
			log_die("wrong default of %s", t->name);
	}
}

void
fake_settings_finish(struct fake_settings *s)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (settings[i].kind == STR)
			free(*(char **)place_of(s, settings + i));
	}
	memset(s, 0, sizeof *s);
}

size_t
fake_settings_event_size(const struct fake_settings *s)
{
	return (size_t)strtoul(event_words[s->event_form], NULL, 10);
}

size_t
fake_settings_sizes_size(const struct fake_settings *s)
{
	return (size_t)strtoul(sizes_words[s->sizes_form], NULL, 10);
}

static void
append_words(struct buf *out, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		buf_appendf(out, "%s%s", i == 0 ? "" : "|", words[i]);
}

void
fake_settings_help(struct buf *out)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *t = settings + i;
		size_t start = out->len;

		buf_appendf(out, "  --%s ", t->name);
		if (t->kind == WORD)
			append_words(out, t->words);
		else
			buf_append_str(out, t->kind == INT ? "N" : "TEXT");
		if (out->len >= start + HELP_COLUMN) {
			buf_append_str(out, "\n");
			start = out->len;
		}
		buf_appendf(out, "%*s%s", (int)(start + HELP_COLUMN - out->len),
		            "", t->help);
		if (t->fallback != NULL)
			buf_appendf(out, " (%s)", t->fallback);
		buf_append_str(out, "\n");
	}
}
