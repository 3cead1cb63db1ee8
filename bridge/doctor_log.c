/* doctor_log.c: reads users and log as the bridge would, and only counts */
#include "doctor_inside.h"

#include "base/clock.h"
#include "base/text.h"

#define PROGRESS_RECORDS 10000

/* ---- refusals ----------------------------------------------------------- */

#define NO_MEMORY \
	"The terminal cannot set memory aside for its log. Switch it off and " \
	"on and try again; if its log is nearly full, empty it. Some face " \
	"terminals (SpeedFace) refuse their log at this port as long as they " \
	"work as access control: look in the menu for the device type, and " \
	"set it to attendance (T&A). If it only pushes (ADMS), Gymgate cannot " \
	"read it yet."
#define OUTPUT_TO_MAKERS \
	"Send this whole output to the makers of Gymgate; it holds no " \
	"member's name."

static const struct {
	uint16_t code;
	const char *advice;
} refusals[] = {
	{ ZK_ACK_ERROR, "It knows neither way of reading a table. Is it in "
	  "its menu, or is somebody enrolling? Leave the menu and try again." },
	{ 4982, NO_MEMORY },
	{ 4987, NO_MEMORY },
	{ 4988, NO_MEMORY },
	{ 4989, NO_MEMORY },
	{ 4993, "Its database is damaged. Switch the terminal off and on; if "
	  "it stays so, back up its users and have it reset." },
	{ ZK_ACK_UNKNOWN, "Its firmware knows neither way of reading a "
	  "table." },
};

static void
say_refused(struct doctor *d)
{
	uint16_t code = zk_refusal(d->zk);

	doctor_say(d, DOCTOR_TROUBLE, "%s", zk_error(d->zk));
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		if (refusals[i].code == code)
			doctor_add("%s", refusals[i].advice);
	}
	doctor_add(OUTPUT_TO_MAKERS);
}

/* ---- users -------------------------------------------------------------- */

static void
count_user(void *arg, const struct zk_user *user)
{
	(void)user;
	++*(uint32_t *)arg;
}

/* What cannot be read of the users says nothing about the log yet. */
static enum doctor_result
say_odd_users(struct doctor *d)
{
	enum zk_result rc;

	doctor_say(d, DOCTOR_TROUBLE, "%s", zk_error(d->zk));
	doctor_add(OUTPUT_TO_MAKERS);
	rc = zk_connect(d->zk);
	return rc == ZK_OK ? DOCTOR_GO_ON
		: doctor_failed(d, rc, "another connection");
}

enum doctor_result
doctor_step_users(struct doctor *d)
{
	uint32_t count = 0;
	enum zk_result rc;

	doctor_progress(d, "reading");
	rc = zk_read_users(d->zk, d->sizes.users, count_user, &count);
	if (rc == ZK_PROTOCOL)
		return say_odd_users(d);
	if (rc == ZK_REFUSED)
		say_refused(d);
	else if (rc != ZK_OK)
		return doctor_failed(d, rc, "its users");
	else if (d->sizes.known && count < d->sizes.users)
		doctor_say(d, DOCTOR_OK, "%u read; %u more have no usable "
		           "user id", (unsigned)count,
		           (unsigned)(d->sizes.users - count));
	else
		doctor_say(d, DOCTOR_OK, "%u read", (unsigned)count);
	return DOCTOR_GO_ON;
}

/* ---- log ---------------------------------------------------------------- */

struct tally {
	const struct doctor *d;
	const struct zk_log *log;
	uint32_t records, flawed[ZK_FLAW__COUNT];
	int64_t first_local, last_local;	/* of sound ones */
};

static bool
count_record(void *arg, const struct zk_record *record)
{
	struct tally *t = arg;

	t->records++;
	t->flawed[record->flaw]++;
	if (record->flaw == ZK_SOUND && t->flawed[ZK_SOUND] == 1)
		t->first_local = record->punch.local;
	if (record->flaw == ZK_SOUND)
		t->last_local = record->punch.local;
	if (t->records % PROGRESS_RECORDS == 0)
		doctor_progress(t->d, "%u of %u punches",
		                (unsigned)t->records,
		                (unsigned)t->log->records);
	return true;
}

static const char *
layout_words(enum zk_layout layout)
{
	static const char *const words[ZK_LAYOUT__COUNT] = {
		[ZK_LAYOUT_UNKNOWN] = "an unknown form",
		[ZK_LAYOUT_8A] = "8 bytes (A)",
		[ZK_LAYOUT_8B] = "8 bytes (B)",
		[ZK_LAYOUT_16] = "16 bytes",
		[ZK_LAYOUT_40] = "40 bytes",
		[ZK_LAYOUT_49] = "49 bytes",
	};

	return words[layout];
}

static void
say_unknown_form(struct doctor *d, const struct zk_log *log)
{
	char sample[2 * ZK_SAMPLE_BYTES + 1];

	doctor_mask(log->sample, log->sample_len, sample);
	doctor_say(d, DOCTOR_TROUBLE, "%zu bytes in a form that is not known",
	           log->bytes);
	doctor_add("The bridge guesses nothing and takes no punches from this "
	           "log. It begins with (letters left out):");
	doctor_add("%s", sample);
	doctor_add(OUTPUT_TO_MAKERS);
}

/* Records that cannot be used, by what is wrong with them. */
static void
add_flaws(const struct tally *t)
{
	for (int i = ZK_SOUND + 1; i < ZK_FLAW__COUNT; i++) {
		if (t->flawed[i] > 0)
			doctor_add("%u cannot be used: %s",
			           (unsigned)t->flawed[i],
			           zk_flaw_words((enum zk_flaw)i));
	}
}

static void
add_ends(const struct tally *t)
{
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	if (t->flawed[ZK_SOUND] == 0)
		return;
	clock_format(t->first_local, first);
	clock_format(t->last_local, last);
	doctor_add("first %s, last %s", first, last);
}

static void
say_log(struct doctor *d, const struct tally *t, int64_t ms)
{
	uint32_t sound = t->flawed[ZK_SOUND], bad = t->records - sound;
	bool is_bad = bad > sound;

	if (t->records == 0) {
		doctor_say(d, DOCTOR_OK, "empty");
		return;
	}
	doctor_say(d, is_bad ? DOCTOR_TROUBLE : DOCTOR_OK, "%u sound punches, "
	           "in records of %s, read in %d%s", (unsigned)sound,
	           layout_words(t->log->layout),
	           (int)(ms < 1000 ? ms : ms / 1000), ms < 1000 ? " ms" : " s");
	add_ends(t);
	add_flaws(t);
	if (t->log->odd_bytes > 0)
		doctor_add("%zu bytes at the end are no whole record",
		           t->log->odd_bytes);
	if (is_bad)
		doctor_add(OUTPUT_TO_MAKERS);
	else if (bad > 0)
		doctor_add("The bridge sets such records aside and goes on.");
}

/* An interrupted session cannot be used any more. */
static enum doctor_result
say_slow(struct doctor *d, const struct tally *t)
{
	doctor_leave(d);
	doctor_say(d, DOCTOR_TROUBLE, "only %u of %u punches came in %d s",
	           (unsigned)t->records, (unsigned)t->log->records,
	           d->limit_s);
	doctor_add("The bridge waits longer than this check does, but such a "
	           "terminal falls behind. Is the network weak (Wi-Fi, a bad "
	           "cable), or another program connected? A log that is "
	           "nearly full makes a terminal slow, too.");
	return DOCTOR_GO_ON;
}

enum doctor_result
doctor_step_log(struct doctor *d)
{
	struct zk_log log = { .count = d->sizes.records };
	struct tally t = { .d = d, .log = &log };
	int64_t began = clock_mono_ms();
	enum zk_result rc;

	doctor_progress(d, "reading");
	rc = zk_read_log(d->zk, &log, count_record, &t);
	if (rc == ZK_STOPPED && t.records > 0 && doctor_is_late())
		return say_slow(d, &t);
	if (rc == ZK_REFUSED)
		say_refused(d);
	else if (rc != ZK_OK && t.records > 0)
		return doctor_failed(d, rc, "the rest of its log");
	else if (rc != ZK_OK)
		return doctor_failed(d, rc, "its log");
	else if (log.unknown_form)
		say_unknown_form(d, &log);
	else
		say_log(d, &t, clock_mono_ms() - began);
	return DOCTOR_GO_ON;
}
