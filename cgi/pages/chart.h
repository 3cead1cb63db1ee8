/* chart.h: pictures of numbers, as models for partials/bars.html and heat.html */
#ifndef CHART_H
#define CHART_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Widths are in percent of the picture, heights in pixels: so it is as wide as
 * there is room, and its letters stay as large as those around it.
 */
#define CHART_TEXT_SIZE 64

/* How a value reads, at its bar and at the axis; `arg` is the chart's own. */
typedef const char *chart_print(const void *arg, int64_t value,
                                char out[CHART_TEXT_SIZE]);

/* What the axis spans, in whole steps; `low` <= 0 < `high`. */
struct chart_scale {
	int64_t low, high, step;
};

/* The least of 1, 2 or 5 times a power of ten with which five steps do. */
struct chart_scale chart_scale(int64_t least, int64_t most);

struct chart_series {
	const char *name;	/* "New" */
	int fill;		/* 0 to 3: one of partials/fills.html */
};

struct chart_bars {
	const struct chart_series *series;
	size_t series_count;
	size_t columns;
	/*
	 * The values of a column, one a series, then those of the next.  They
	 * are stacked: those below 0 hang below the axis.
	 */
	const int64_t *values;
	const char *const *names;	/* of the columns, "Thu 12 Mar" */
	const char *const *ticks;	/* beneath the axis; NULL: nothing */
	/* a line over the columns, below 0: not there; NULL: no line at all */
	const double *line;
	chart_print *print;
	const void *arg;
};

/*
 * The model of partials/bars.html and, where there are several series, of
 * partials/legend.html; the caller owns it.  `a` is for what it needs.
 */
json_object *chart_bars(struct arena *a, const struct chart_bars *c);

struct chart_heat {
	size_t rows, columns;
	const int64_t *values;		/* row by row; not below 0 */
	const char *const *row_names, *const *column_names;	/* in full */
	const char *const *column_heads;			/* short */
	chart_print *print;
	const void *arg;
};

/* How dark a value is: 0 for 0, else 1 to 5. */
int chart_level(int64_t value, int64_t most);
/* The model of partials/heat.html; the caller owns it. */
json_object *chart_heat(struct arena *a, const struct chart_heat *c);

#endif
