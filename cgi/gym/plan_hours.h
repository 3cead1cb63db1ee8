/* plan_hours.h: on which days and at what times a plan may be used */
#ifndef PLAN_HOURS_H
#define PLAN_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_HOURS_MAX 4	/* windows of a plan */
#define PLAN_HOURS_TEXT_SIZE (PLAN_HOURS_MAX * 10 + 1)

/*
 * A stretch of each of some days.  One that ends where or before it begins
 * goes on past midnight, and belongs to the day on which it begins.
 */
struct plan_window {
	uint8_t days;		/* bit 0 is Monday, ... bit 6 Sunday */
	int16_t from, to;	/* minutes of the day; `to`, up to 1440, is not
				   included */
};

struct plan_hours {
	struct plan_window windows[PLAN_HOURS_MAX];
	size_t count;		/* 0: always */
};

/*
 * Reads the text of plan_hours and ms_hours: of each window two hexadecimal
 * digits of days, HHMM and HHMM; "" and NULL are always.  False when it is
 * malformed.
 */
bool plan_hours_parse(const char *text, struct plan_hours *out);
/* And back; "" for always. */
void plan_hours_format(const struct plan_hours *hours,
                       char out[PLAN_HOURS_TEXT_SIZE]);

/* Is a moment of the wall clock within them?  Pure. */
bool plan_hours_open(const struct plan_hours *hours, int64_t local);
/* The next moment after `local` at which a window begins or ends; or `most`. */
int64_t plan_hours_next(const struct plan_hours *hours, int64_t local,
                        int64_t most);

#endif
