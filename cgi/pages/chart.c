/* chart.c: pictures of numbers, as models for partials/bars.html and heat.html */
#include "pages/chart.h"

#include <stdbool.h>

#include "pages/present.h"

#define STEPS_MOST 5
#define MANY_COLUMNS 31

/* heights in pixels */
#define TOP 8
#define PLOT 200
#define FOOT 24
#define TICK_DROP 17	/* from the end of the plot to its letters */
#define LETTER_DROP 4	/* from the middle of a letter to its foot */
#define HEAD 22		/* of a heat map: the names of its columns */
#define CELL 28

/* ---- the scale ----------------------------------------------------------- */

/* How many steps it takes to pass over `value`, not below 0. */
static int64_t
steps(int64_t value, int64_t step)
{
	return value / step + (value % step > 0);
}

struct chart_scale
chart_scale(int64_t least, int64_t most)
{
	static const int64_t firsts[] = { 1, 2, 5 };
	int64_t low = least < 0 ? -least : 0, high = most > 0 ? most : 0;
	int64_t step = 1, power = 1;

	if (low == 0 && high == 0)
		high = 1;
	for (int i = 0; steps(low, step) + steps(high, step) > STEPS_MOST;) {
		i = (i + 1) % 3;
		power *= i == 0 ? 10 : 1;
		step = firsts[i] * power;
	}
	return (struct chart_scale){
		-steps(low, step) * step, steps(high, step) * step, step,
	};
}

static double
height_of(const struct chart_scale *s, double value)
{
	return PLOT * value / (double)(s->high - s->low);
}

/* From the top of the picture. */
static double
y_of(const struct chart_scale *s, double value)
{
	return TOP + height_of(s, (double)s->high - value);
}

/* ---- into the model ------------------------------------------------------ */

static void
put_pixels(struct arena *a, json_object *to, const char *name, double y)
{
	present_str(to, name, arena_printf(a, "%.1f", y));
}

static void
put_percent(struct arena *a, json_object *to, const char *name, double x)
{
	present_str(to, name, arena_printf(a, "%.3f%%", x));
}

static json_object *
add_to(json_object *list)
{
	json_object *item = json_object_new_object();

	json_object_array_add(list, item);
	return item;
}

static json_object *
add_list(json_object *model, const char *name)
{
	json_object *list = json_object_new_array();

	json_object_object_add(model, name, list);
	return list;
}

/* ---- bars ---------------------------------------------------------------- */

/* The middle of a column. */
static double
column_x(const struct chart_bars *c, size_t column)
{
	return 100.0 * ((double)column + 0.5) / (double)c->columns;
}

static double
bar_width(const struct chart_bars *c)
{
	return (c->columns > MANY_COLUMNS ? 80.0 : 62.0) / (double)c->columns;
}

static int64_t
value_of(const struct chart_bars *c, size_t column, size_t series)
{
	return c->values[column * c->series_count + series];
}

/* Over all columns, as they are stacked. */
static struct chart_scale
scale_of(const struct chart_bars *c)
{
	int64_t least = 0, most = 0;

	for (size_t i = 0; i < c->columns; i++) {
		int64_t up = 0, down = 0;

		for (size_t k = 0; k < c->series_count; k++) {
			int64_t value = value_of(c, i, k);

			*(value < 0 ? &down : &up) += value;
		}
		least = down < least ? down : least;
		most = up > most ? up : most;
	}
	return chart_scale(least, most);
}

static const char *
bar_label(struct arena *a, const struct chart_bars *c, size_t column,
          size_t series)
{
	char text[CHART_TEXT_SIZE];
	const char *value = c->print(c->arg, value_of(c, column, series),
	                             text);

	if (c->series_count == 1)
		return arena_printf(a, "%s: %s", c->names[column], value);
	return arena_printf(a, "%s, %s: %s", c->names[column],
	                    c->series[series].name, value);
}

static void
add_column(struct arena *a, json_object *bars, const struct chart_bars *c,
           const struct chart_scale *s, size_t column)
{
	double width = bar_width(c), x = column_x(c, column) - width / 2;
	int64_t up = 0, down = 0;

	for (size_t k = 0; k < c->series_count; k++) {
		int64_t value = value_of(c, column, k);
		json_object *bar;

		if (value == 0)
			continue;
		bar = add_to(bars);
		put_percent(a, bar, "x", x);
		put_percent(a, bar, "width", width);
		up += value > 0 ? value : 0;
		put_pixels(a, bar, "y", y_of(s, (double)(value > 0 ? up
			: down)));
		down += value < 0 ? value : 0;
		put_pixels(a, bar, "height", height_of(s, (double)(value < 0
			? -value : value)));
		json_object_object_add(bar, "fill",
			json_object_new_int(c->series[k].fill));
		present_str(bar, "label_text", bar_label(a, c, column, k));
	}
}

static void
add_grid(struct arena *a, json_object *model, const struct chart_bars *c,
         const struct chart_scale *s)
{
	json_object *grid = add_list(model, "grid");

	for (int64_t value = s->low; value <= s->high; value += s->step) {
		json_object *line = add_to(grid);
		char text[CHART_TEXT_SIZE];
		double y = y_of(s, (double)value);

		put_pixels(a, line, "y", y);
		put_pixels(a, line, "text_y", y + LETTER_DROP);
		present_str(line, "text", c->print(c->arg, value, text));
		present_bool(line, "is_zero", value == 0);
	}
}

static void
add_ticks(struct arena *a, json_object *model, const struct chart_bars *c)
{
	json_object *ticks = add_list(model, "ticks");

	bool is_second = false;

	json_object_object_add(model, "tick_y",
	                       json_object_new_int(TOP + PLOT + TICK_DROP));
	/* from the end: the newest is always there */
	for (size_t i = c->columns; i-- > 0;) {
		json_object *tick;

		if (c->ticks[i] == NULL)
			continue;
		tick = add_to(ticks);
		put_percent(a, tick, "x", column_x(c, i));
		present_str(tick, "text", c->ticks[i]);
		present_bool(tick, "is_second", is_second);
		is_second = !is_second;
	}
}

/* In pieces: only single lines take percents. */
static void
add_line(struct arena *a, json_object *model, const struct chart_bars *c,
         const struct chart_scale *s)
{
	json_object *line = add_list(model, "line");

	for (size_t i = 1; c->line != NULL && i < c->columns; i++) {
		json_object *piece;

		if (c->line[i - 1] < 0 || c->line[i] < 0)
			continue;
		piece = add_to(line);
		put_percent(a, piece, "x1", column_x(c, i - 1));
		put_pixels(a, piece, "y1", y_of(s, c->line[i - 1]));
		put_percent(a, piece, "x2", column_x(c, i));
		put_pixels(a, piece, "y2", y_of(s, c->line[i]));
	}
}

/* Each fill once. */
static void
add_legend(json_object *model, const struct chart_bars *c)
{
	json_object *legend = add_list(model, "legend");
	unsigned seen = 0;

	for (size_t k = 0; k < c->series_count; k++) {
		json_object *item;

		if (seen >> c->series[k].fill & 1)
			continue;
		seen |= 1u << c->series[k].fill;
		item = add_to(legend);
		json_object_object_add(item, "fill",
			json_object_new_int(c->series[k].fill));
		present_str(item, "name_text", c->series[k].name);
	}
}

json_object *
chart_bars(struct arena *a, const struct chart_bars *c)
{
	json_object *model = json_object_new_object(), *bars;
	struct chart_scale s = scale_of(c);

	json_object_object_add(model, "height",
	                       json_object_new_int(TOP + PLOT + FOOT));
	add_grid(a, model, c, &s);
	bars = add_list(model, "bars");
	for (size_t i = 0; i < c->columns; i++)
		add_column(a, bars, c, &s, i);
	add_line(a, model, c, &s);
	add_ticks(a, model, c);
	add_legend(model, c);
	return model;
}

/* ---- heat map ------------------------------------------------------------ */

int
chart_level(int64_t value, int64_t most)
{
	return value == 0 ? 0 : (int)((value * 5 + most - 1) / most);
}

static void
add_cell(struct arena *a, json_object *cells, const struct chart_heat *c,
         size_t row, size_t column, int64_t most)
{
	json_object *cell = add_to(cells);
	int64_t value = c->values[row * c->columns + column];
	double width = 100.0 / (double)c->columns;
	int y = HEAD + CELL * (int)row;
	char text[CHART_TEXT_SIZE];

	put_percent(a, cell, "x", width * (double)column);
	put_percent(a, cell, "middle", width * ((double)column + 0.5));
	put_percent(a, cell, "width", width);
	json_object_object_add(cell, "y", json_object_new_int(y));
	json_object_object_add(cell, "text_y",
	                       json_object_new_int(y + CELL / 2 + LETTER_DROP));
	present_str(cell, "level", arena_printf(a, "%d",
	                                        chart_level(value, most)));
	present_str(cell, "text", c->print(c->arg, value, text));
	present_str(cell, "label_text", arena_printf(a, "%s, %s: %s",
		c->column_names[column], c->row_names[row], text));
}

json_object *
chart_heat(struct arena *a, const struct chart_heat *c)
{
	json_object *model = json_object_new_object();
	json_object *heads = add_list(model, "heads");
	json_object *sides = add_list(model, "sides");
	json_object *cells = add_list(model, "cells");
	int64_t most = 0;

	json_object_object_add(model, "height",
	                       json_object_new_int(HEAD + CELL * (int)c->rows));
	json_object_object_add(model, "cell_height",
	                       json_object_new_int(CELL));
	for (size_t i = 0; i < c->rows * c->columns; i++)
		most = c->values[i] > most ? c->values[i] : most;
	for (size_t i = 0; i < c->columns; i++) {
		json_object *head = add_to(heads);

		put_percent(a, head, "x", 100.0 * ((double)i + 0.5) /
		            (double)c->columns);
		present_str(head, "text", c->column_heads[i]);
	}
	for (size_t i = 0; i < c->rows; i++) {
		json_object *side = add_to(sides);

		json_object_object_add(side, "y", json_object_new_int(HEAD +
			CELL * (int)i + CELL / 2 + LETTER_DROP));
		present_str(side, "text", c->row_names[i]);
		for (size_t k = 0; k < c->columns; k++)
			add_cell(a, cells, c, i, k, most);
	}
	return model;
}
