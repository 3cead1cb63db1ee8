/* clock.h: wall time, zones, deadlines, back-off */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Three kinds of time, kept apart by their names everywhere:
 *   `..._at`     an instant: milliseconds since 1970 in UTC (int64_t);
 *   `..._local`  a wall clock as a person reads it, counted in seconds from
 *                1970-01-01 00:00:00 of that same wall (int64_t);
 *   `..._day`    a calendar day, counted from 1970-01-01 (int32_t).
 */
#define CLOCK_NO_TIME INT64_MIN
#define CLOCK_NO_DAY INT32_MIN
#define CLOCK_DAY_SECONDS 86400
#define CLOCK_FIRST_YEAR 2010	/* no terminal of ours is older: a time before
				   is of a clock that was lost */

struct clock_date {
	int year, month, day;	/* 1..9999, 1..12, 1..31 */
	int hour, minute, second;
};

/*
 * The present instant.  But for release builds, a test moves it for every
 * process: GYMGATE_TEST_CLOCK names a file that holds the offset to the real
 * clock in milliseconds, read anew at each call; no file, no offset.
 */
int64_t clock_now_ms(void);

/* A clock that is never set, in milliseconds: for deadlines and pauses. */
int64_t clock_mono_ms(void);
/* Milliseconds from now to `deadline` of clock_mono_ms, 0 when past. */
int clock_left_ms(int64_t deadline);

/* Is `zone` an IANA name that this machine has rules for? */
bool clock_zone_valid(const char *zone);
/*
 * What the wall clock of `zone` shows at an instant, and the instant at which
 * it shows that (of two, the earlier; in the gap of spring, the one the old
 * offset gives).  They set the process's TZ: from one thread only.
 */
int64_t clock_local(const char *zone, int64_t at);
int64_t clock_instant(const char *zone, int64_t local);

int32_t clock_day(int64_t local);
/* Takes a date apart; and together, false when there is no such date. */
struct clock_date clock_split(int64_t local);
bool clock_join(const struct clock_date *date, int64_t *local);

/* "2026-03-12 07:30:00" and "2026-03-12"; buffers of the sizes below. */
#define CLOCK_TEXT_SIZE 20
#define CLOCK_DAY_TEXT_SIZE 11
void clock_format(int64_t local, char out[CLOCK_TEXT_SIZE]);
void clock_format_day(int32_t day, char out[CLOCK_DAY_TEXT_SIZE]);

/*
 * A time as machines write it: "YYYY-MM-DD HH:MM:SS", also with a T between,
 * a fraction of a second (dropped), and an offset (Z, +05:30, +0530, +05).
 * Sets `local` to the digits as written and `offset_s` to the offset, or
 * `has_offset` to false.  False for anything else, years before 1000, and
 * dates that do not exist.
 */
bool clock_parse(const char *text, int64_t *local, bool *has_offset,
                 int *offset_s);
bool clock_parse_day(const char *text, int32_t *day);

/*
 * The pause before try number `attempt` (0, 1, ...): doubles from `least_ms`
 * to `most_ms`, and lies at random between half of that and all of it.
 */
int clock_backoff_ms(int attempt, int least_ms, int most_ms);

#endif
