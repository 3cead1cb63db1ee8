/* tell.c: tells server and spool how the terminals do */
#include "tell.h"

#include <stdatomic.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "call.h"
#include "listen.h"
#include "loop.h"
#include "report.h"
#include "tell_door.h"
#include "thread.h"

#define LOOK_MS 20		/* while somebody waits for tell_settle() */

/* What was told of one terminal. */
struct told {
	struct tell *tell;
	struct terminal *terminal;
	char sn[SPOOL_SN_MAX + 1];	/* that `listen` listens for */
	struct listen *listen;
	atomic_bool asked;		/* the server wants a report */
	int status;			/* of the last report, 0: no answer */
	bool was_away;			/* ... and it was no 200 */
	bool users_due;
	uint32_t connections, nights, user_lists;	/* seen so far */
	bool compare_due;
	bool sent_again;		/* days, not seen to agree yet */
	int64_t compared_at;		/* by clock_mono_ms; 0: never */
};

struct tell {
	const struct setup *setup;
	struct spool *spool;
	struct tell_world world;
	struct call_line line;
	struct report_answer said;
	int64_t due_at;		/* of all, by clock_mono_ms */
	struct told told[SETUP_TERMINALS_MAX];
	atomic_bool is_working;
	struct thread thread;
};

/* ---- talking to the server ---------------------------------------------- */

static bool
has_server(const struct tell *t)
{
	return t->setup->server.kind == SETUP_GYMGATE;
}

/* A refusal that lasts is said once: reports may fail, but not in silence. */
static void
note_answer(struct tell *t, struct told *told, const char *name, int status)
{
	if (status == 0)
		log_debug("%s: no report: %s", name, t->line.answer.words);
	else if (status != 200 && status != told->status)
		log_warn("%s: the server answers its reports with %d", name,
		         status);
	if (status == 200 && told->was_away)
		told->compare_due = true;	/* it may be an older copy */
	told->was_away = status != 200;
	told->status = status;
}

/*
 * One terminal teaches the gym's zone: the first of the configuration, or until
 * that one is heard of the one that was first to be.
 */
static bool
may_teach(struct tell *t, const struct told *told, const char *sn)
{
	char teacher[SPOOL_TEXT_MAX + 1];

	return told == &t->told[0] ||
	       (spool_note_load(t->spool, "zone from", teacher) &&
	        (teacher[0] == '\0' || strcmp(teacher, sn) == 0));
}

/*
 * The gym's zone is kept.  Where it is another than the one in use, all begins
 * anew with it; not where it could not be kept, for that would never end.
 */
static void
heed_zone(struct tell *t, const struct told *told, const char *sn)
{
	const char *zone = t->said.zone;
	char known[SPOOL_TEXT_MAX + 1];
	bool is_kept;

	if (t->setup->bridge.zone[0] != '\0' || !clock_zone_valid(zone) ||
	    !may_teach(t, told, sn) ||
	    !spool_note_load(t->spool, TELL_ZONE_NOTE, known))
		return;
	is_kept = strcmp(zone, known) == 0 ||
		(spool_note_save(t->spool, TELL_ZONE_NOTE, zone) &&
		 spool_note_save(t->spool, "zone from", sn));
	if (strcmp(zone, t->world.zone) == 0)
		atomic_store(t->world.is_zone_sure, true);
	else if (is_kept)
		t->world.on_zone(t->world.arg);
}

/* What the server says of the terminal is kept. */
static void
heed(struct tell *t, struct told *told, const char *sn, int64_t id)
{
	struct spool_identity identity = { .start_day = t->said.start_day };

	spool_identity_save(t->spool, id, &identity);
	terminal_accept_mac(told->terminal, sn, t->said.mac);
	heed_zone(t, told, sn);
}

/* One report, which also asks for days; false when nothing came of it. */
static bool
send_report(struct tell *t, struct told *told, int64_t id,
            const struct terminal_state *state, const struct spool_day *days,
            size_t count)
{
	struct spool_counts counts;
	struct buf body = BUF_INIT;
	int status;

	if (!spool_count(t->spool, id, &counts))
		return false;
	report_format(&body, state, &counts, days, count);
	status = call_server(&t->line, "PUT", state->sn, "status",
	                     &body, NULL);
	buf_finish(&body);
	note_answer(t, told, state->name, status);
	if (status != 200 || !report_read(&t->line.answer.body, &t->said))
		return false;
	heed(t, told, state->sn, id);
	return true;
}

/* ---- users -------------------------------------------------------------- */

static void
add_user(void *arg, const struct spool_user *user)
{
	report_users_add(arg, user);
}

/* The list as it was told last is known by its checksum. */
static void
send_users(struct tell *t, struct told *told,
           const struct terminal_state *state, int64_t id)
{
	char name[SPOOL_SN_MAX + 8], sum[16], last[SPOOL_TEXT_MAX + 1] = "";
	struct spool_identity known;
	struct buf body = BUF_INIT;
	int status;
	bool ok;

	told->users_due = false;
	if (!spool_identity_load(t->spool, id, &known) ||
	    known.users_at == SPOOL_NONE)
		return;		/* never read: not a list without anybody */
	report_users_begin(&body);
	ok = spool_users_list(t->spool, id, add_user, &body);
	report_users_end(&body);
	snprintf(name, sizeof name, "users %s", state->sn);
	snprintf(sum, sizeof sum, "%08lx", crc32(0, (const Bytef *)body.data,
	                                         (uInt)body.len));
	ok = ok && spool_note_load(t->spool, name, last);
	if (ok && strcmp(sum, last) != 0) {
		status = call_server(&t->line, "PUT", state->sn, "users",
		                     &body, NULL);
		if (status == 200)
			spool_note_save(t->spool, name, sum);
		else if (status >= 400 && status < 500)
			log_warn("%s: the server answers the list of users "
			         "with %d", state->name, status);
		ok = status != 0 && status < 500;	/* else later */
	}
	told->users_due = !ok;
	buf_finish(&body);
}

/* ---- closing the loop --------------------------------------------------- */

/* Whom loop_close() asks through us. */
struct asker {
	struct tell *tell;
	struct told *told;
	const struct terminal_state *state;
	int64_t id;
};

/* A loop_ask_fn. */
static const struct report_answer *
ask_days(void *arg, const struct spool_day *days, size_t count)
{
	struct asker *a = arg;

	return send_report(a->tell, a->told, a->id, a->state, days, count)
		? &a->tell->said : NULL;
}

/* A day sent again is seen to agree, or known not to: once, at a busy door. */
static bool
compare_all(struct tell *t, struct told *told,
            const struct terminal_state *state, int64_t id)
{
	struct asker asker = { t, told, state, id };
	size_t sent;
	/* the answer in hand tells the start */
	bool ok = loop_close(t->spool, id, t->said.start_day, ask_days, &asker,
	                     &sent);

	if (sent > 0) {
		log_warn("%s: the server holds other punches than were sent; "
		         "sending %zu again", state->name, sent);
		t->world.on_waiting(t->world.arg);
	}
	ok = ok && (sent == 0 || told->sent_again);
	told->sent_again = !ok && (sent > 0 || told->sent_again);
	return ok;
}

static int64_t
report_pause_ms(const struct tell *t)
{
	return t->setup->bridge.report_seconds * 1000;
}

/* Not more often than there are reports: all that was seen is summed up. */
static bool
may_compare(const struct tell *t, const struct told *told)
{
	return told->compare_due && (told->compared_at == 0 ||
	       clock_mono_ms() >= told->compared_at + report_pause_ms(t));
}

/* ---- one terminal ------------------------------------------------------- */

static void
save_place(struct tell *t, const struct terminal_state *s)
{
	struct spool_place place = {
		.reached_at = s->reached_at, .log_count = s->log_count,
		.log_capacity = s->log_capacity,
		.clock_offset = s->clock_offset,
	};

	text_copy(place.name, sizeof place.name, s->name);
	text_copy(place.sn, sizeof place.sn, s->sn);
	text_copy(place.error, sizeof place.error, s->error);
	if (s->error[0] == '\0' && s->is_stranger)
		snprintf(place.error, sizeof place.error, "its MAC address is "
		         "%s now: nothing is written to it until the owner "
		         "has answered on the dashboard", s->mac);
	spool_place_save(t->spool, &place);
}

/* A listen_fn: what the server would answer has changed. */
static void
on_event(void *arg, const char *event, const char *data)
{
	struct told *told = arg;

	if (strcmp(event, "command") == 0) {
		door_take_order(terminal_door(told->terminal), data);
		return;
	}
	if (strcmp(event, "access") != 0)
		return;
	atomic_store(&told->asked, true);
	tell_wake(told->tell);
}

/* The stream of events belongs to a serial number. */
static void
listen_for(struct tell *t, struct told *told, const char *sn)
{
	if (t->world.is_brief || strcmp(told->sn, sn) == 0)
		return;
	listen_destroy(told->listen);
	text_copy(told->sn, sizeof told->sn, sn);
	told->listen = listen_create(&t->setup->server, told->sn, on_event,
	                             told);
}

/* What has happened at the terminal since the last look. */
static void
note_changes(struct told *told, const struct terminal_state *s)
{
	if (s->connections != told->connections || s->nights != told->nights)
		told->compare_due = true;
	if (s->user_lists != told->user_lists)
		told->users_due = true;
	told->connections = s->connections;
	told->nights = s->nights;
	told->user_lists = s->user_lists;
}

/* Only what the door has to say by itself: mostly nothing. */
static void
tell_of_door(struct tell *t, struct told *told,
             const struct terminal_state *state)
{
	if (state->sn[0] != '\0' && has_server(t))
		tell_door(&t->line, terminal_door(told->terminal), 0,
		          state->sn, SPOOL_NONE, false);
}

/* First what `status` shows, then the server: it may take its time. */
static void
report(struct tell *t, struct told *told, bool due)
{
	struct terminal_state state;
	bool changed = terminal_look(told->terminal, &state);
	int64_t id;

	due = atomic_exchange(&told->asked, false) || due;
	if (!changed && !due) {
		tell_of_door(t, told, &state);
		return;
	}
	save_place(t, &state);
	note_changes(told, &state);
	if (state.sn[0] == '\0' || !has_server(t))
		return;
	listen_for(t, told, state.sn);
	id = spool_terminal(t->spool, state.sn);
	if (id == 0 || !send_report(t, told, id, &state, NULL, 0))
		return;
	tell_door(&t->line, terminal_door(told->terminal), id, state.sn,
	          t->said.now_at, true);
	if (told->users_due)
		send_users(t, told, &state, id);
	if (may_compare(t, told)) {
		told->compare_due = !compare_all(t, told, &state, id);
		told->compared_at = clock_mono_ms();
	}
}

/* ---- the thread --------------------------------------------------------- */

/*
 * Until something changed or all are due; false at the end.  At work before
 * the wake-up is heeded, so that tell_settle() misses neither.
 */
static bool
wait_for_news(struct tell *t)
{
	enum thread_event event;

	atomic_store(&t->is_working, false);
	event = thread_wait(&t->thread, t->due_at, true);
	atomic_store(&t->is_working, true);
	thread_heed(&t->thread);
	return event != THREAD_STOPPED;
}

static void
run(void *arg)
{
	struct tell *t = arg;

	while (wait_for_news(t)) {
		bool due = clock_mono_ms() >= t->due_at;

		if (due)
			t->due_at = clock_mono_ms() + report_pause_ms(t);
		for (size_t i = 0; i < t->setup->terminal_count &&
		     !thread_is_stopping(&t->thread); i++)
			report(t, &t->told[i], due);
		atomic_store(&t->line.beat, clock_mono_ms());
	}
}

struct tell *
tell_create(const struct setup *setup, struct spool *spool,
            struct terminal *const *terminals, const struct tell_world *world)
{
	struct tell *t = calloc(1, sizeof *t);

	if (t == NULL)
		log_die("out of memory");
	t->setup = setup;
	t->spool = spool;
	t->world = *world;
	t->line.server = &setup->server;
	t->line.fetch = fetch_create();
	atomic_store(&t->is_working, true);
	atomic_store(&t->line.beat, clock_mono_ms());
	for (size_t i = 0; i < setup->terminal_count; i++) {
		t->told[i].tell = t;
		t->told[i].terminal = terminals[i];
		t->told[i].users_due = true;
	}
	t->due_at = clock_mono_ms() + report_pause_ms(t);
	thread_start(&t->thread, run, t, 0);
	return t;
}

void
tell_wake(struct tell *t)
{
	thread_wake(&t->thread);
}

int64_t
tell_beat(const struct tell *t)
{
	return atomic_load(&t->line.beat);
}

void
tell_settle(struct tell *t, int ms)
{
	const struct timespec look = { 0, LOOK_MS * 1000000 };
	int64_t deadline = clock_mono_ms() + ms;

	while ((thread_is_woken(&t->thread) ||
	        atomic_load(&t->is_working)) && clock_mono_ms() < deadline)
		nanosleep(&look, NULL);
}

void
tell_destroy(struct tell *t)
{
	if (t == NULL)
		return;
	thread_stop(&t->thread, 0);
	fetch_abort(t->line.fetch);
	thread_join(&t->thread);
	for (size_t i = 0; i < t->setup->terminal_count; i++)
		listen_destroy(t->told[i].listen);
	fetch_destroy(t->line.fetch);
	fetch_answer_finish(&t->line.answer);
	free(t);
}
