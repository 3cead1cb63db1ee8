/* doctor_ask.c: comm key, identity, clock, memory and live events */
#include "doctor_inside.h"

#include "base/clock.h"
#include "base/text.h"
#include "terminal.h"

#define AGAIN_MS 1000		/* for a terminal to forget the last session */
#define CLOCK_FINE_S 5
#define HALF_HOUR_S 1800
#define FULL_PERCENT 80
#define ADMS_ONLY 6001

/* ---- comm key ----------------------------------------------------------- */

static void
say_wrong_key(struct doctor *d)
{
	bool has_key = d->options.comm_key != 0;

	doctor_say(d, DOCTOR_TROUBLE, has_key ? "the terminal asks for a "
	           "comm key, and the configured one is wrong" : "the "
	           "terminal asks for a comm key, and none is configured");
	doctor_add("The terminal's menu has it under COMM. > PC Connection > "
	           "Comm Key. Put the same number into `comm_key =` of the "
	           "section [terminal %s] of %s.", d->terminal == NULL
	           ? "NAME" : d->terminal->name, d->config);
}

static void
say_refused(struct doctor *d, uint16_t code)
{
	doctor_say(d, DOCTOR_TROUBLE, "the terminal refuses connections "
	           "(code %u): %s", (unsigned)code, zk_code_words(code));
	if (code == ADMS_ONLY)
		doctor_add("With this firmware the terminal only pushes, and "
		           "a comm key changes nothing. Gymgate does not take "
		           "pushes yet: ask the seller for a firmware that "
		           "allows a PC connection (port 4370), or take "
		           "another model.");
	else
		doctor_add("Switch the terminal off and on and try again. If "
		           "it stays so, send this whole output to the makers "
		           "of Gymgate.");
}

/* Some terminals need a moment to forget the session that knocked. */
static enum zk_result
connect_session(struct doctor *d)
{
	enum zk_result rc;

	if (d->zk == NULL)
		d->zk = zk_create(&d->options, NULL, NULL);
	doctor_watch(d->zk, NULL);
	rc = zk_connect(d->zk);
	if ((rc == ZK_CLOSED || rc == ZK_TIMEOUT) &&
	    zk_pause(d->zk, AGAIN_MS))
		rc = zk_connect(d->zk);
	return rc;
}

enum doctor_result
doctor_step_key(struct doctor *d)
{
	bool asked = d->hello == ZK_ACK_UNAUTH;
	enum zk_result rc;

	if (d->hello != ZK_ACK_OK && !asked) {
		say_refused(d, d->hello);
		return DOCTOR_END;
	}
	doctor_progress(d, "connecting");
	rc = connect_session(d);
	if (rc == ZK_REFUSED) {
		if (zk_refusal(d->zk) == ZK_ACK_UNAUTH)
			say_wrong_key(d);
		else
			say_refused(d, zk_refusal(d->zk));
		return DOCTOR_END;
	}
	if (rc != ZK_OK)
		return doctor_failed(d, rc, "a connection");
	if (asked)
		doctor_say(d, DOCTOR_OK, "asked for, and the one we have is "
		           "right");
	else
		doctor_say(d, DOCTOR_OK, "the terminal asks for none%s",
		           d->options.comm_key == 0 ? ""
		           : "; the configured one is not needed");
	return DOCTOR_GO_ON;
}

/* ---- who it is ---------------------------------------------------------- */

struct identity {
	char serial[ZK_SERIAL_MAX + 1];
	char name[64], platform[64], firmware[64], mac[32];
};

static enum zk_result
ask_identity(struct zk_session *zk, struct identity *id)
{
	enum zk_result rc = zk_read_serial(zk, id->serial);

	if (rc == ZK_OK)
		rc = zk_read_option(zk, "~DeviceName", id->name,
		                    sizeof id->name);
	if (rc == ZK_OK)
		rc = zk_read_option(zk, "~Platform", id->platform,
		                    sizeof id->platform);
	if (rc == ZK_OK)
		rc = zk_read_option(zk, "MAC", id->mac, sizeof id->mac);
	if (rc == ZK_OK)
		rc = zk_read_firmware(zk, id->firmware, sizeof id->firmware);
	return rc;
}

static const char *
or_unknown(const char *text)
{
	return text[0] == '\0' ? "not told" : text;
}

/* The bridge takes punches only under a serial number that it is sure of. */
static void
judge_serial(struct doctor *d, const char *told)
{
	const char *wanted = d->terminal == NULL ? "" : d->terminal->serial;

	if (told[0] == '\0' && wanted[0] == '\0') {
		doctor_say(d, DOCTOR_TROUBLE, "it does not tell its serial "
		           "number");
		doctor_add("The bridge needs it to know whose punches these "
		           "are. It stands on the terminal's label, and in its "
		           "menu under System Info > Device Info: put it into "
		           "`serial =` of the section [terminal %s] of %s.",
		           d->terminal == NULL ? "NAME" : d->terminal->name,
		           d->config);
	} else if (told[0] != '\0' && wanted[0] != '\0' &&
	           strcmp(told, wanted) != 0) {
		doctor_say(d, DOCTOR_TROUBLE, "its serial number is %s, but "
		           "`serial = %s` is configured", told, wanted);
		doctor_add("The bridge reads nothing from it. If this is the "
		           "right terminal, correct `serial =` in the section "
		           "[terminal %s] of %s; else its address belongs to "
		           "another one.", d->terminal->name, d->config);
	} else {
		doctor_say(d, DOCTOR_OK, "serial number %s%s",
		           told[0] == '\0' ? wanted : told, told[0] == '\0'
		           ? " as configured; it does not tell it" : "");
	}
}

enum doctor_result
doctor_step_terminal(struct doctor *d)
{
	struct identity id = { .name = "" };
	enum zk_result rc = ask_identity(d->zk, &id);

	if (rc != ZK_OK)
		return doctor_failed(d, rc, "who it is");
	judge_serial(d, id.serial);
	doctor_add("model %s, platform %s, firmware %s, MAC %s",
	           or_unknown(id.name), or_unknown(id.platform),
	           or_unknown(id.firmware), or_unknown(id.mac));
	return DOCTOR_GO_ON;
}

/* ---- clock -------------------------------------------------------------- */

static const char *
words_of_seconds(int64_t s, char *out, size_t size)
{
	if (s < 120)
		snprintf(out, size, "%d s", (int)s);
	else if (s < 2 * 3600)
		snprintf(out, size, "%d min %d s", (int)(s / 60),
		         (int)(s % 60));
	else if (s < 2 * CLOCK_DAY_SECONDS)
		snprintf(out, size, "%d h %d min", (int)(s / 3600),
		         (int)(s / 60 % 60));
	else
		snprintf(out, size, "%d days", (int)(s / CLOCK_DAY_SECONDS));
	return out;
}

/* Off by a time zone, as clocks that are otherwise right are? */
static bool
is_zone(int64_t off)
{
	int64_t rest = off % HALF_HOUR_S;

	return off >= HALF_HOUR_S - 60 && off < CLOCK_DAY_SECONDS &&
	       (rest < 60 || rest > HALF_HOUR_S - 60);
}

static void
judge_clock(struct doctor *d, int64_t shown, int64_t ours)
{
	int64_t off = shown > ours ? shown - ours : ours - shown;
	char when[CLOCK_TEXT_SIZE], words[32];

	clock_format(shown, when);
	words_of_seconds(off, words, sizeof words);
	if (off <= CLOCK_FINE_S) {
		doctor_say(d, DOCTOR_OK, "%s, which is right%s%s", when,
		           off == 0 ? "" : " within ", off == 0 ? "" : words);
		return;
	}
	doctor_say(d, DOCTOR_TROUBLE, "%s, which is %s %s", when, words,
	           shown > ours ? "ahead" : "behind");
	if (clock_split(shown).year == 2000) {
		doctor_add("The clock has stopped while the terminal was "
		           "without power: its battery is dead. Have it "
		           "replaced, or each power cut sets the clock back.");
		doctor_add("Punches carry this time until the clock is set.");
	} else if (is_zone(off)) {
		doctor_add("That looks like another time zone: is `zone =` "
		           "of [bridge] in %s that of the gym?", d->config);
	}
	doctor_add("Set it in the terminal's menu under System > Date Time, "
	           "or let the bridge do so: `clock_sync = yes` in the "
	           "terminal's section of %s.", d->config);
}

enum doctor_result
doctor_step_clock(struct doctor *d)
{
	const char *zone = terminal_zone(d->setup.bridge.zone == NULL ? ""
		: d->setup.bridge.zone);
	int64_t asked_at = clock_now_ms(), shown;
	enum zk_result rc = zk_read_time(d->zk, &shown);
	int64_t took = clock_now_ms() - asked_at;

	if (rc != ZK_OK)
		return doctor_failed(d, rc, "its time");
	if (shown == CLOCK_NO_TIME)
		doctor_say(d, DOCTOR_NOTE, "the terminal does not tell its "
		           "time: compare its screen with your watch");
	else
		judge_clock(d, shown, clock_local(zone, asked_at + took / 2));
	return DOCTOR_GO_ON;
}

/* ---- memory ------------------------------------------------------------- */

static unsigned
percent(uint32_t count, uint32_t capacity)
{
	return capacity == 0 ? 0
		: (unsigned)((uint64_t)count * 100 / capacity);
}

static void
append_count(struct buf *to, const char *what, uint32_t count,
             uint32_t capacity)
{
	buf_appendf(to, "%s%u %s", to->len == 0 ? "" : ", ", (unsigned)count,
	            what);
	if (capacity > 0)
		buf_appendf(to, " of %u (%u %%)", (unsigned)capacity,
		            percent(count, capacity));
}

static void
advise_memory(unsigned users, unsigned punches)
{
	if (punches >= 100)
		doctor_add("The log is full. Some terminals now refuse every "
		           "punch, others give up the oldest ones.");
	if (punches >= FULL_PERCENT)
		doctor_add("Once `gymgate-bridge status` shows that all was "
		           "read and nothing waits, delete the attendance "
		           "data in the terminal's menu under Data Mgt. > "
		           "Delete Data > Delete Attendance Data. Nothing else "
		           "there: Delete All Data takes users and fingers.");
	if (users >= FULL_PERCENT)
		doctor_add("Soon no new member can be enrolled: delete users "
		           "who have left.");
}

enum doctor_result
doctor_step_memory(struct doctor *d)
{
	const struct zk_sizes *s = &d->sizes;
	enum zk_result rc = zk_read_sizes(d->zk, &d->sizes);
	unsigned users = percent(s->users, s->user_capacity);
	unsigned punches = percent(s->records, s->record_capacity);
	struct buf words = BUF_INIT;

	if (rc != ZK_OK)
		return doctor_failed(d, rc, "how full it is");
	if (!s->known) {
		doctor_say(d, DOCTOR_NOTE, "the terminal does not tell how "
		           "full it is; the bridge reads its log anyway");
		return DOCTOR_GO_ON;
	}
	append_count(&words, "users", s->users, s->user_capacity);
	append_count(&words, "punches", s->records, s->record_capacity);
	doctor_say(d, users >= FULL_PERCENT || punches >= FULL_PERCENT
	           ? DOCTOR_TROUBLE : DOCTOR_OK, "%s", words.data);
	if (s->records == 0)
		doctor_add("Some terminals count no punches though they have "
		           "some; the bridge reads the log anyway.");
	advise_memory(users, punches);
	buf_finish(&words);
	return DOCTOR_GO_ON;
}

/* ---- live events -------------------------------------------------------- */

enum doctor_result
doctor_step_live(struct doctor *d)
{
	enum zk_result rc;

	if (d->terminal != NULL && !d->terminal->live) {
		doctor_say(d, DOCTOR_NOTE, "not wanted: `live = no` is "
		           "configured");
		return DOCTOR_GO_ON;
	}
	if (d->zk == NULL) {
		doctor_say(d, DOCTOR_NOTE, "not tried");
		return DOCTOR_GO_ON;
	}
	rc = zk_register_events(d->zk, ZK_EVENT_PUNCH);
	if (rc == ZK_OK)
		doctor_say(d, DOCTOR_OK, "registered: a punch now would be "
		           "seen at once");
	else if (rc == ZK_REFUSED)
		doctor_say(d, DOCTOR_NOTE, "%s: the bridge finds new punches "
		           "by asking every few seconds", zk_error(d->zk));
	else
		return doctor_failed(d, rc, "live events");
	return DOCTOR_GO_ON;
}
