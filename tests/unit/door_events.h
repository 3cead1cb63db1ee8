/* door_events.h: what happens to a gym, its terminal, and between them */
#ifndef DOOR_EVENTS_H
#define DOOR_EVENTS_H

#include "door_sim.h"

/* ---- what happens at the server ------------------------------------------ */

static void
remap(struct sim *s)
{
	struct gym *g = &s->gym;
	int a = draw(g->number_count), b = draw(g->number_count);
	int was = g->person_of[a];

	g->person_of[a] = g->person_of[b];
	g->person_of[b] = was;
	memset(g->approved[a], 0, sizeof g->approved[a]);
	memset(g->approved[b], 0, sizeof g->approved[b]);
	g->has_changed = true;
	counts[REMAPS]++;
}

static void
renew(struct sim *s, struct person *p, int32_t today)
{
	int32_t day = today;

	if (p->sub_count > 0 && draw(2) == 0 &&
	    p->subs[p->sub_count - 1].end_day >= today)
		day = p->subs[p->sub_count - 1].end_day + 1;
	sell(&s->gym, p, day);
	counts[RENEWALS]++;
}

static void
change_person(struct sim *s, int32_t today)
{
	struct person *p = &s->gym.people[draw(s->gym.people_count)];

	switch (draw(8)) {
	case 0:
		rest(p, today + draw(3));
		counts[FREEZES]++;
		break;
	case 1:
		p->rest_count -= p->rest_count > 0;
		break;
	case 2:
		p->let_in_day = today;
		counts[LET_INS]++;
		break;
	case 3:
		if (p->sub_count > 0)
			p->subs[draw((int)p->sub_count)].due = 100 * draw(3);
		break;
	default:
		renew(s, p, today);
	}
	changed(&s->gym, p);
}

/* The owner says yes to all that waits. */
static void
approve(struct sim *s)
{
	memset(s->gym.approved, true, sizeof s->gym.approved);
	s->gym.has_changed = true;
	counts[APPROVALS]++;
}

static void
happen_at_server(struct sim *s)
{
	int32_t today = clock_day(s->now);

	if (draw(12) == 0)
		change_person(s, today);
	if (draw(150) == 0)
		remap(s);
	if (draw(900) == 0) {
		draw_rules(&s->gym.rules);
		s->gym.block_after = draw(2) * draw(3);
		s->gym.has_changed = true;
		counts[SETTINGS]++;
	}
	if (draw(s->gym.is_on ? 1500 : 10) == 0) {
		s->gym.is_on = !s->gym.is_on;
		s->gym.has_changed = true;
		counts[OFF_AND_ON]++;
	}
	if (s->held > 0 && draw(3) == 0)
		approve(s);
}

/* ---- what happens at the terminal and on the way ------------------------- */

static int64_t
some_time(void)
{
	switch (draw(4)) {
	case 0:
		return 60 * between(1, 50);
	case 1:
		return 3600 * between(1, 30);
	case 2:
		return DAY * between(1, 6);
	default:
		return draw(4) == 0 ? DAY * between(10, 20)
			: 3600 * between(1, 12);
	}
}

/* The bridge's, the terminal's, or both, but not alike. */
static void
set_clocks_wrong(struct sim *s)
{
	int64_t off = 60 * (int64_t)between(15, 3 * 24 * 60);
	int which = draw(3);

	if (draw(2))
		off = -off;
	s->wrong_until = s->now + 3600 * between(1, 72);
	if (which != 1)
		s->bridge_off = s->skew + off;
	if (which == 1)
		s->terminal_off = s->skew + off;
	else if (which == 2)
		s->terminal_off = s->skew - off;
	counts[WRONG_CLOCKS]++;
}

static void
change_by_hand(struct sim *s, int n)
{
	struct box *box = &s->box;
	const struct enforce_mark *mark = &box->marks[n];
	bool out = is_out(s, n);

	if (box->is_admin[n])
		return;
	if (!out && (s->is_complete || !box->is_marked[n])) {
		box_ban(box, &s->gym.lever, n);
		counts[BANS]++;
	} else if (out && box->is_marked[n]) {
		lever_open(&mark->lever, &box->users[n], mark->was);
		counts[FORCED]++;
	}
}

static void
lift_ban(struct sim *s, int n)
{
	struct zk_user *user = &s->box.users[n];

	if (!s->box.is_banned[n])
		return;
	user->disabled = false;
	user->group = 1;
	user->own_zones = user->zone_bits = 0;
	memset(user->zones, 0, sizeof user->zones);
	s->box.is_banned[n] = false;
	counts[UNBANS]++;
}

static void
make_stubborn(struct sim *s, int n)
{
	int others = 0;

	for (int i = 0; i < s->box.count; i++)
		others += s->box.stubborn_until[i] > s->now;
	if (others > 1)
		return;		/* three may be taken for all */
	s->box.stubborn_until[n] = s->now + 3600 * between(1, 24);
	counts[STUBBORN]++;
}

/* It answers as it should, and keeps nothing. */
static void
make_deaf(struct sim *s)
{
	int64_t until = s->now + 3600 * between(1, 12);

	for (int n = 0; n < s->box.count; n++)
		s->box.stubborn_until[n] = until;
	counts[DEAF]++;
}

static void
happen_at_terminal(struct sim *s)
{
	int n = draw(s->box.count);

	if (draw(150) == 0)
		change_by_hand(s, n);
	if (draw(50) == 0)
		lift_ban(s, n);
	if (draw(60) == 0)
		make_stubborn(s, n);
	if (draw(200) == 0)
		make_deaf(s);
	if (draw(60) == 0)
		s->box.is_away = true;
	if (draw(40) == 0)
		s->box.cut_after = draw(ENFORCE_AT_ONCE);
	if (is_online(s) && draw(400) == 0) {
		int64_t length = some_time();

		s->offline_until = s->now + length;
		counts[OUTAGES]++;
		counts[LONG_OUTAGES] += length > GRACE;
	}
	if (is_right(s)) {
		s->bridge_off = s->skew;
		s->terminal_off = s->skew + between(-60, 60);
		if (draw(400) == 0)
			set_clocks_wrong(s);
	}
}

#endif
