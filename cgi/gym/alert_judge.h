/* alert_judge.h: what is wrong with a terminal, by what its bridge has said */
#ifndef ALERT_JUDGE_H
#define ALERT_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

enum alert_kind {
	ALERT_BACKLOG,		/* more and more punches wait at the bridge */
	ALERT_BRIDGE,		/* it does not report */
	ALERT_LOG,		/* of the terminal: nearly full */
	ALERT_TERMINAL,		/* does not answer its bridge */
	ALERT__COUNT
};

/* As alr_kind has it; and back, ALERT__COUNT for any other. */
const char *alert_kind_name(enum alert_kind kind);
enum alert_kind alert_kind_of(const char *name);

#define ALERT_SILENT_MS (10 * 60 * 1000)	/* is told */
#define ALERT_WELL_MS (5 * 60 * 1000)		/* well again so long: over */
/*
 * What one outage silences is seen in more than one run, for reports come a
 * minute apart: so much before its time it is told, or over, with the first.
 */
#define ALERT_TOGETHER_MS (90 * 1000)
#define ALERT_WAITING_MANY 100
#define ALERT_SAMPLE_MS (10 * 60 * 1000)	/* a backlog grows in it; one
						   twice as old says nothing */

/* CLOCK_NO_TIME: never, or not known. */
struct alert_facts {
	int64_t seen_at;		/* its bridge's last report */
	int64_t reached_at;		/* the terminal's last answer to it */
	int64_t log_count, log_capacity;	/* capacity 0: not known */
	int64_t waiting;
	int64_t sample_at, sample_waiting;	/* what waited earlier */
	int64_t most_waiting;		/* in the backlog that is open */
};

enum alert_verdict {
	ALERT_UNCLEAR,	/* no reason to begin, none to end */
	ALERT_HOLDS,
	ALERT_WELL,
};

/*
 * When a branch opened that is open now; CLOCK_NO_TIME: it is closed.  `opens`
 * and `closes` are minutes of its day, by the clock of `zone`; it may close
 * after midnight, and never does where both are the same.
 */
int64_t alert_opened_at(const char *zone, int64_t opens, int64_t closes,
                        int64_t now_at);

/* Should another sample of what waits be kept instead of that one? */
bool alert_sample_is_due(const struct alert_facts *facts, int64_t now_at);

/*
 * Judges all kinds.  Silence counts in opening hours only, from `opened_at` on
 * at the earliest, and holds after `silent_ms`.  What its bridge cannot know
 * while it is silent itself is unclear.  Pure.
 */
void alert_judge(const struct alert_facts *facts, int64_t opened_at,
                 int64_t now_at, int64_t silent_ms,
                 enum alert_verdict verdicts[ALERT__COUNT]);

#endif
