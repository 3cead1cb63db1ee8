/* test_door_sim.c: gyms at random over weeks, and who gets through the door */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "base/log.h"
#include "door_events.h"
#include "door_judge.h"

/*
 * The server's side is admit_windows(), the bridge's are entry_read() and
 * enforce_run().  Of the bridge's loop, when it fetches and how far it relies
 * on its clock, the rules are restated here (run_bridge).  Two clocks that are
 * wrong alike, bridge and terminal, are not tried: nothing would tell.
 *
 * SEED=N repeats a run; SOAK=N makes it so many times as long, and under
 * WRAP it is a tenth.
 */
#define MEMBER_DAYS 100000
#define GYM_DAYS 60
#define CLOCKS_APART 600	/* of bridge and terminal, at most */
#define IGNORED_TIME DAY	/* a firmware that closes nobody is let be */

/* ---- the bridge ---------------------------------------------------------- */

/* Every list is whole; what was spooled is read again. */
static void
read_spooled(struct sim *s)
{
	entry_finish(&s->list);
	if (!entry_read(&s->spooled, &s->list))
		fail_msg("gym %d: the list cannot be read: %.*s", s->index,
		         (int)s->spooled.len, s->spooled.data);
}

/* What it has waited with reaches the server; true: a list just came. */
static bool
fetch(struct sim *s)
{
	int32_t day = clock_day(s->now);

	for (int i = 0; i < s->waiting_count; i++)
		take_touch(&s->gym, &s->gym.people[s->waiting[i].person],
		           s->waiting[i].local);
	s->waiting_count = 0;
	s->last_answer = s->now;
	if (s->has_list && !s->must_fetch && !s->gym.has_changed &&
	    day == s->list_day)
		return false;
	tell(&s->gym, s->now, &s->spooled, &s->told);
	read_spooled(s);
	counts[LISTS]++;
	s->list_day = day;
	s->has_list = true;
	s->must_fetch = false;
	return true;
}

static struct enforce_when
judge_clocks(const struct sim *s, bool just_came)
{
	struct enforce_when when = {
		.local = s->now + s->bridge_off, .trust = ENTRY_KNOWN,
		.opens_only = s->now < s->ignored_until };
	int64_t apart = s->bridge_off - s->terminal_off;

	if (just_came)
		when.local = s->now;
	else if (when.local < s->last_answer || apart > CLOCKS_APART ||
	         apart < -CLOCKS_APART)
		when.trust = ENTRY_NO_CLOCK;
	else if (when.local - s->last_answer > GRACE)
		when.trust = ENTRY_STALE;
	return when;
}

/* The power of the bridge: spool and journal are kept, all else is lost. */
static void
lose_memory(struct sim *s)
{
	counts[POWER_CUTS]++;
	read_spooled(s);
	s->must_fetch = true;
}

/*
 * Another machine: what the server knows as closed is adopted, but not what
 * was before.
 */
static void
lose_spool(struct sim *s)
{
	for (int n = 0; n < s->box.count; n++)
		s->box.marks[n].was[0] = '\0';
	counts[SPOOLS_LOST]++;
}

static void
run_bridge(struct sim *s)
{
	const struct enforce_door door = { .arg = &s->box,
		.read = box_read, .write = box_write, .find = box_find,
		.mark = box_mark, .unmark = box_unmark };
	struct enforce_result out;
	enum zk_result rc;
	bool just_came;

	s->is_heard = is_online(s);
	just_came = s->is_heard && fetch(s);
	/* or an answer without a list, which tells the time as well */
	just_came = just_came || (s->is_heard && draw(2) == 0);
	if (!s->has_list)
		return;
	s->when = judge_clocks(s, just_came);
	s->run_at = s->box.now = s->now;
	rc = enforce_run(&door, &s->list, &s->when, &out);
	s->is_complete = rc == ZK_OK;
	s->is_ignored = out.is_ignored || s->when.opens_only;
	if (out.is_ignored)
		s->ignored_until = s->now + IGNORED_TIME;
	counts[IGNORED] += out.is_ignored;
	counts[RUNS]++;
	counts[AWAY] += rc == ZK_CLOSED;
	s->held = out.held;
	counts[HELD] += out.held > 0;
	if (s->is_complete)
		judge_run(s, &out);
	if (rc == ZK_TIMEOUT)
		lose_memory(s);
	if (s->is_complete && s->is_heard && draw(500) == 0)
		lose_spool(s);
	s->box.is_away = false;
	s->box.cut_after = -1;
	judge_others(s);
}

/* ---- at the door --------------------------------------------------------- */

static void
touch(struct sim *s, int n)
{
	int who = s->gym.person_of[n];

	judge_door(s, n);
	if (is_out(s, n) || who < 0)
		return;
	counts[TOUCHES_MADE]++;
	if (s->is_heard) {
		take_touch(&s->gym, &s->gym.people[who], s->now);
	} else if (s->waiting_count < 400) {
		s->waiting[s->waiting_count].person = who;
		s->waiting[s->waiting_count++].local = s->now;
	}
}

/* ---- time ---------------------------------------------------------------- */

/* The next tick, an edge of a window, or a bridge that starts again. */
static int64_t
next_step(const struct sim *s)
{
	int64_t next = s->now + 60 * between(20, 60), edge;

	if (!s->is_complete)
		return s->now + 60;
	edge = entry_next_change(&s->list, s->when.local);
	if (s->has_list && edge != CLOCK_NO_TIME &&
	    s->now + (edge - s->when.local) < next)
		next = s->now + (edge - s->when.local);
	return next;
}

/* They come and go until then; now and then all are looked at. */
static void
pass_time(struct sim *s, int64_t until)
{
	int64_t from = s->now, length = until - from;
	int visits = draw(4);

	for (int i = 0; i < visits; i++) {
		s->now = from + length * i / visits +
			draw((int)(length / visits + 1));
		if (s->now >= until)
			break;
		if (s->now >= s->wrong_until && from < s->wrong_until)
			break;		/* seen at the next step */
		touch(s, draw(s->box.count));
	}
	s->now = until - 1;
	if (draw(8) == 0 && (from >= s->wrong_until ||
	                     s->now < s->wrong_until)) {
		for (int n = 0; n < s->box.count; n++)
			judge_door(s, n);
	}
	s->now = until;
}

/* Off at the end: all is as if there had never been a bridge. */
static void
switch_off(struct sim *s)
{
	s->gym.is_on = false;
	s->gym.has_changed = true;
	s->offline_until = s->wrong_until = 0;
	s->box.is_away = false;
	s->box.cut_after = -1;
	memset(s->box.stubborn_until, 0, sizeof s->box.stubborn_until);
	run_bridge(s);
	assert_true(s->is_complete);
	for (int n = 0; n < s->box.count; n++) {
		counts[FREED]++;
		if (s->box.is_marked[n] || (is_out(s, n) &&
		                            !s->box.is_banned[n]))
			wrong(s, n, "is off, but something stays");
	}
}

/* Returns how many member-days it was. */
static int64_t
live(int index)
{
	static struct sim s;
	int64_t start = (20000 + draw(2000)) * DAY;

	memset(&s, 0, sizeof s);
	s.index = index;
	s.now = start;
	s.skew = draw(2) * draw(240);
	make_gym(&s.gym, clock_day(start));
	make_box(&s.box, s.gym.number_count);
	s.box.judge = judge_write;
	s.box.arg = &s;
	while (s.now < start + GYM_DAYS * DAY) {
		counts[STEPS]++;
		happen_at_server(&s);
		happen_at_terminal(&s);
		run_bridge(&s);
		pass_time(&s, next_step(&s));
	}
	switch_off(&s);
	entry_finish(&s.list);
	buf_finish(&s.spooled);
	return (int64_t)GYM_DAYS * s.gym.people_count;
}

static void
nobody_is_wronged_over_many_member_days(void **state)
{
	const char *given = getenv("SEED"), *soak = getenv("SOAK");
	const char *wrap = getenv("WRAP");
	unsigned seed = given != NULL ? (unsigned)atoi(given)
		: (unsigned)time(NULL);
	int64_t days = 0, most = MEMBER_DAYS;

	(void)state;
	if (soak != NULL && atoi(soak) > 0)
		most *= atoi(soak);
	if (wrap != NULL && *wrap != '\0')
		most /= 10;
	printf("# SEED=%u\n", seed);
	fflush(stdout);
	dice_state = seed * 2654435761u + 88172645463325252u;
	for (int i = 0; days < most; i++)
		days += live(i);
	printf("# %" PRId64 " member-days", days);
	for (int i = 0; i < COUNTS; i++)
		printf(", %s %" PRIu64, count_names[i], counts[i]);
	printf("\n");
	for (int i = 0; i < COUNTS; i++) {
		if (counts[i] == 0)
			fail_msg("nothing of: %s", count_names[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_wronged_over_many_member_days),
	};

	log_open("door_sim", LOG_ERROR);
	return cmocka_run_group_tests_name("door_sim", tests, NULL, NULL);
}
