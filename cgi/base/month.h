/* month.h: a month as a calendar draws it, in weeks that begin on Monday */
#ifndef MONTH_H
#define MONTH_H

#include <stdbool.h>
#include <stdint.h>

#define MONTH_TEXT_SIZE 8	/* "2026-03" */
#define MONTH_FIRST_YEAR 2000
#define MONTH_LAST_YEAR 2999

struct month {
	int32_t first_day, last_day;
	int lead;	/* days of its first week that belong to the one before */
	int weeks;	/* rows of its calendar, 4 to 6 */
};

/* 0 for Monday, ... 6 for Sunday. */
int month_weekday(int32_t day);

/* The month that a day lies in, and the ones around a month. */
struct month month_of(int32_t day);
struct month month_before(const struct month *m);
struct month month_after(const struct month *m);
/* The one `count` months before that of a day; 0: that one. */
struct month month_ago(int32_t day, int count);

/*
 * "2026-03" and nothing else, of the years above; and back.  What month_of
 * gives of other years cannot be read again.
 */
bool month_parse(const char *text, struct month *out);
void month_format(const struct month *m, char out[MONTH_TEXT_SIZE]);

#endif
