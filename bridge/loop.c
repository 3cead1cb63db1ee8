/* loop.c: closes the loop: does the server hold what was sent? */
#include "loop.h"

#include <stdio.h>

#include "base/clock.h"

struct loop {
	struct spool *spool;
	int64_t terminal;
	struct spool_days days;		/* before the server was asked */
	size_t sent;
};

/*
 * One day that the server holds otherwise than we do; false when the spool
 * cannot be told, as on a full disk.
 */
static bool
send_again(struct loop *l, const struct spool_day *ours,
           const struct spool_day *server)
{
	static const struct spool_day none;
	char sums[80];
	size_t count;

	ours = ours == NULL ? &none : ours;
	snprintf(sums, sizeof sums, "%lld %08x, %lld %08x",
	         (long long)ours->count, (unsigned)ours->checksum,
	         (long long)server->count, (unsigned)server->checksum);
	if (!spool_send_day(l->spool, l->terminal, server->day, sums, &count))
		return false;
	l->sent += count;
	return true;
}

/*
 * The days of one answer; false when some have changed under our hands, or
 * could not be sent again: they are to be looked at once more.
 */
static bool
judge_days(struct loop *l, const struct report_answer *said)
{
	struct spool_days after;
	bool ok = spool_days(l->spool, l->terminal, &after), settled = true;

	for (size_t i = 0; ok && i < said->day_count; i++) {
		const struct spool_day *server = &said->days[i];
		const struct spool_day *now = spool_days_find(&after,
		                                              server->day);
		const struct spool_day *before = spool_days_find(&l->days,
			server->day);

		switch (report_compare(before, now, server)) {
		case REPORT_SAME:
			ok = spool_day_agrees(l->spool, l->terminal,
			                      server->day);
			break;
		case REPORT_CHANGED:	/* it does not hold up the others */
			settled = false;
			break;
		case REPORT_DIFFERS:
			ok = send_again(l, now, server);
			break;
		}
	}
	spool_days_finish(&after);
	return ok && settled;
}

static bool
is_lost_clock(int32_t day)
{
	return clock_split((int64_t)day * CLOCK_DAY_SECONDS).year <
	       CLOCK_FIRST_YEAR;
}

/*
 * Of days before the terminal's start the server holds nothing; but what a
 * clock that was lost has told lies in its inbox.
 */
static void
keep_held(struct spool_days *days, int64_t start_day)
{
	size_t kept = 0;

	for (size_t i = 0; i < days->count; i++) {
		int32_t day = days->list[i].day;

		if (start_day == SPOOL_NONE || day >= start_day ||
		    is_lost_clock(day))
			days->list[kept++] = days->list[i];
	}
	days->count = kept;
}

bool
loop_close(struct spool *s, int64_t terminal, int64_t start_day,
           loop_ask_fn *ask, void *arg, size_t *sent)
{
	struct loop l = { .spool = s, .terminal = terminal };
	bool ok = spool_days(s, terminal, &l.days), settled = true;

	keep_held(&l.days, start_day);
	for (size_t i = 0; ok && i < l.days.count; i += REPORT_DAYS_MAX) {
		size_t n = l.days.count - i < REPORT_DAYS_MAX
			? l.days.count - i : REPORT_DAYS_MAX;
		const struct report_answer *said = ask(arg, &l.days.list[i],
		                                       n);

		ok = said != NULL && said->day_count == n;
		settled = ok && judge_days(&l, said) && settled;
	}
	spool_days_finish(&l.days);
	*sent = l.sent;
	return ok && settled;
}
