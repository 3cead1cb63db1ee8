/* plan_windows.c: days and times of a plan, as its form asks for them */
#include "pages/plan_windows.h"

#include <stdio.h>

#include "pages/present.h"

#define NAME_SIZE 32
#define DAY_MINUTES 1440

static const char *const day_names[PLAN_WINDOW_DAYS] = {
	"mon", "tue", "wed", "thu", "fri", "sat", "sun",
};

/* "mon" of the first line is "mon1". */
static const char *
name_of(const char *what, size_t line, char out[NAME_SIZE])
{
	snprintf(out, NAME_SIZE, "%s%zu", what, line + 1);
	return out;
}

void
plan_windows_set(struct form *f, const char *text)
{
	struct plan_hours hours;
	char name[NAME_SIZE];

	if (!plan_hours_parse(text, &hours))
		return;
	for (size_t i = 0; i < hours.count; i++) {
		const struct plan_window *w = &hours.windows[i];

		for (size_t d = 0; d < PLAN_WINDOW_DAYS; d++) {
			if ((w->days >> d & 1) != 0)
				form_set(f, name_of(day_names[d], i, name),
				         "on");
		}
		form_set_time(f, name_of("from", i, name), w->from);
		form_set_time(f, name_of("to", i, name), w->to % DAY_MINUTES);
	}
}

/* ---- reading ------------------------------------------------------------- */

static uint8_t
days_of(const struct plan_window_typed *line)
{
	unsigned days = 0;

	for (unsigned d = 0; d < PLAN_WINDOW_DAYS; d++)
		days |= (line->days[d] ? 1u : 0u) << d;
	return (uint8_t)days;
}

const char *
plan_windows_take(struct form *f, const struct plan_windows_typed *typed)
{
	struct plan_hours hours = { .count = 0 };
	char text[PLAN_HOURS_TEXT_SIZE], name[NAME_SIZE];

	for (size_t i = 0; i < PLAN_HOURS_MAX; i++) {
		const struct plan_window_typed *line = &typed->lines[i];
		uint8_t days = days_of(line);
		bool has_from = line->from != PLAN_NO_MINUTE;
		bool has_to = line->to != PLAN_NO_MINUTE;

		if (days == 0 && !has_from && !has_to)
			continue;
		if (days == 0 || !has_from || !has_to)
			form_refuse(f, name_of("from", i, name),
			            WORD_HALF_A_WINDOW);
		else
			hours.windows[hours.count++] = (struct plan_window){
				days, (int16_t)line->from, (int16_t)line->to,
			};
	}
	plan_hours_format(&hours, text);
	return hours.count == 0 ? NULL : arena_strdup(f->req->arena, text);
}

/* ---- drawing ------------------------------------------------------------- */

static bool
present_days(struct form *f, json_object *line, size_t n)
{
	json_object *days = json_object_new_array();
	bool is_any = false;
	char name[NAME_SIZE];

	for (size_t d = 0; d < PLAN_WINDOW_DAYS; d++) {
		json_object *day = json_object_new_object();
		bool is_on;

		name_of(day_names[d], n, name);
		is_on = *form_typed(f, name) != '\0';
		present_str(day, "name", name);
		present_str(day, "text", words((enum word)(WORD_MON + (int)d)));
		present_bool(day, "is_on", is_on);
		json_object_array_add(days, day);
		is_any = is_any || is_on;
	}
	json_object_object_add(line, "days", days);
	return is_any;
}

/* What the form says of a field, as form_present has put it. */
static const char *
error_of(json_object *model, const char *what, size_t n)
{
	char key[NAME_SIZE + 8];

	snprintf(key, sizeof key, "%s%zu_error", what, n + 1);
	return json_object_get_string(json_object_object_get(model, key));
}

static json_object *
present_line(struct form *f, json_object *model, size_t n, bool *is_spare)
{
	json_object *line = json_object_new_object();
	char name[NAME_SIZE];
	const char *from = form_typed(f, name_of("from", n, name));
	const char *to = form_typed(f, name_of("to", n, name));
	const char *error = error_of(model, "from", n);

	if (error == NULL)
		error = error_of(model, "to", n);
	*is_spare = !present_days(f, line, n) && *from == '\0' &&
		*to == '\0' && n > 0;
	present_number(line, "n_text", (int64_t)n + 1);
	present_str(line, "from", from);
	present_str(line, "to", to);
	present_str(line, "error_text", error);
	return line;
}

void
plan_windows_present(struct form *f, json_object *model)
{
	json_object *lines = json_object_new_array();
	json_object *spares = json_object_new_array();

	for (size_t n = 0; n < PLAN_HOURS_MAX; n++) {
		bool is_spare;
		json_object *line = present_line(f, model, n, &is_spare);

		json_object_array_add(is_spare ? spares : lines, line);
	}
	present_bool(model, "has_spares", json_object_array_length(spares) > 0);
	json_object_object_add(model, "windows", lines);
	json_object_object_add(model, "spares", spares);
}

bool
plan_windows_differ(json_object *model)
{
	static const char *const names[] = {
		"mon", "tue", "wed", "thu", "fri", "sat", "sun", "from", "to",
	};
	char key[NAME_SIZE + 8];

	for (size_t n = 0; n < PLAN_HOURS_MAX; n++) {
		for (size_t i = 0; i < FORM_COUNT(names); i++) {
			snprintf(key, sizeof key, "%s%zu_now", names[i],
			         n + 1);
			if (json_object_object_get(model, key) != NULL)
				return true;
		}
	}
	return false;
}
