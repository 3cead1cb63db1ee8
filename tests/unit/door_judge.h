/* door_judge.h: what must hold, whatever happens */
#ifndef DOOR_JUDGE_H
#define DOOR_JUDGE_H

#include "door_sim.h"

/* ---- each write of the bridge -------------------------------------------- */

static void
judge_closing(const struct sim *s, int n)
{
	counts[CLOSINGS]++;
	if (s->when.opens_only)
		wrong(s, n, "closed though the terminal ignores it");
	if (!s->box.is_marked[n])
		wrong(s, n, "closed before it was in the journal");
	if (!s->told.is_on)
		wrong(s, n, "closed though it is off");
	if (s->when.trust == ENTRY_NO_CLOCK)
		wrong(s, n, "closed though the clock may be wrong");
	if (s->when.local >= s->told.until)
		wrong(s, n, "closed after the end of the list");
	if (told_open(&s->told, n, s->when.local))
		wrong(s, n, "closed though the list says open");
	if (s->when.trust == ENTRY_STALE &&
	    !told_ended(&s->told, n, s->when.local))
		wrong(s, n, "closed beyond the grace, though it comes again");
}

static void
judge_write(void *arg, int n, const struct zk_user *after)
{
	struct sim *s = arg;
	bool closes = lever_is_closed(&s->gym.lever, after);

	if (s->box.is_admin[n] || s->box.is_banned[n])
		wrong(s, n, "an administrator or a ban is written");
	if (!s->told.users[n].is_listed && s->told.is_on)
		wrong(s, n, "one who is not in the list is written");
	if (closes && !is_out(s, n))
		judge_closing(s, n);
	else
		counts[OPENINGS]++;
}

/* ---- after a run ---------------------------------------------------------- */

/* What must hold after each run that came to its end. */
static void
judge_run(struct sim *s, const struct enforce_result *out)
{
	size_t banned = 0;

	for (int n = 0; n < s->box.count; n++) {
		bool ours = is_out(s, n) && !s->box.is_banned[n];

		if (ours != s->box.is_marked[n])
			wrong(s, n, ours ? "closed, but not in the journal"
			      : "open, but in the journal");
		counts[AGREED] += ours;
		banned += is_out(s, n) && s->told.users[n].is_listed &&
			!s->box.is_admin[n] && !ours;
		if (s->told.is_on || s->box.stubborn_until[n] > s->now)
			continue;
		if (ours)
			wrong(s, n, "is off, but this one is kept out");
	}
	assert_int_equal(out->banned, banned);
}

/* Nobody else's is touched, whatever happens. */
static void
judge_others(struct sim *s)
{
	for (int n = 0; n < s->box.count; n++) {
		if (!s->box.is_admin[n] && !s->box.is_banned[n])
			continue;
		counts[KEPT]++;
		if (memcmp(&s->box.users[n], &s->box.banned_as[n],
		           sizeof s->box.users[n]) != 0)
			wrong(s, n, "an administrator or a ban is changed");
	}
}

/* ---- at the door --------------------------------------------------------- */

/* By the list: who may enter is not kept out, whatever else is wrong. */
static void
judge_in(struct sim *s, int n, int64_t view)
{
	if (!told_open(&s->told, n, view) && s->told.is_on)
		return;
	counts[!is_right(s) ? IN_WRONG : s->is_heard ? IN_ONLINE :
	       s->when.trust == ENTRY_STALE ? IN_LATE : IN_OFFLINE]++;
	if (is_out(s, n))
		wrong(s, n, "kept out, though the list says open");
}

/* Can the bridge be blamed for one who is let in? */
static bool
must_close(const struct sim *s, int n, int64_t view)
{
	const struct told_user *u = &s->told.users[n];

	return s->told.is_on && !u->is_spared && is_right(s) &&
	       !s->is_ignored &&
	       s->when.trust == ENTRY_KNOWN && view < s->told.until &&
	       (s->held == 0 || u->is_approved);
}

/* By the list: who may not is not let in, offline within the grace either. */
static void
judge_out(struct sim *s, int n, int64_t view)
{
	if (!must_close(s, n, view) || told_open(&s->told, n, view))
		return;
	counts[s->is_heard ? OUT_ONLINE : OUT_OFFLINE]++;
	if (!is_out(s, n))
		wrong(s, n, "let in, though the list says closed");
}

/*
 * By the rule and the data of now.  In the seconds by which the bridge's
 * clock differs both may be right.
 */
static void
judge_truth(struct sim *s, int n, int64_t view)
{
	struct person *p = person_at(s, n);
	bool may;

	if (!s->is_heard || !is_right(s) || p == NULL || p->has_changed)
		return;
	may = truth(&s->gym, p, s->now).refusal == ADMIT_ALLOWED;
	if (may != (truth(&s->gym, p, view).refusal == ADMIT_ALLOWED))
		return;
	if (may) {
		counts[TRUE_IN]++;
		if (is_out(s, n))
			wrong(s, n, "kept out, though it may enter");
	} else if (must_close(s, n, view)) {
		counts[TRUE_OUT]++;
		if (!is_out(s, n))
			wrong(s, n, "let in, though it may not enter");
	}
}

static void
judge_door(struct sim *s, int n)
{
	int64_t view = s->when.local + (s->now - s->run_at);

	if (!s->has_list || !s->is_complete || !is_ours(s, n) ||
	    s->box.stubborn_until[n] > s->run_at)
		return;
	judge_in(s, n, view);
	judge_out(s, n, view);
	judge_truth(s, n, view);
}

#endif
