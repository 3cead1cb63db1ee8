/* import_value.c: one cell into one value, or why not */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cell.h"
#include "base/clock.h"
#include "base/money.h"
#include "base/phone.h"
#include "base/text.h"
#include "gym/import_read.h"
#include "gym/member_edit.h"
#include "gym/user.h"

#define FIRST_JOINED "1950-01-01"	/* as the form of a member has it ... */
#define AHEAD_DAYS 366			/* ... before and after, a mistake */
#define LISTED_MOST 600			/* bytes of a list of names */

/* What every reader gets. */
struct value {
	const struct import *im;
	const struct import_column *column;
	const char *text;	/* not empty */
	void *to;
	const char **detail;
};

const char *
import_day_text(struct arena *a, int32_t day)
{
	struct clock_date d = clock_split((int64_t)day * CLOCK_DAY_SECONDS);

	return arena_printf(a, "%02d-%02d-%04d", d.day, d.month, d.year);
}

const char *
import_person_text(struct arena *a, const char *name, const char *code)
{
	return arena_printf(a, "%s (%s)", name, code);
}

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* ---- texts --------------------------------------------------------------- */

static enum import_fault
read_lines(const struct value *v)
{
	if (characters(v->text) > v->column->most)
		return IMPORT_TOO_LONG;
	*(const char **)v->to = v->text;
	return IMPORT_FINE;
}

static enum import_fault
read_line(const struct value *v)
{
	return strpbrk(v->text, "\n\t") != NULL ? IMPORT_NOT_ONE_LINE
		: read_lines(v);
}

static enum import_fault
read_word(const struct value *v, const char *also, enum import_fault fault)
{
	if (!text_is_word(v->text, v->column->most, also))
		return fault;
	*(const char **)v->to = v->text;
	return IMPORT_FINE;
}

static enum import_fault
read_code(const struct value *v)
{
	return read_word(v, MEMBER_CODE_ALSO, IMPORT_BAD_CODE);
}

static enum import_fault
read_number(const struct value *v)
{
	return read_word(v, "", IMPORT_BAD_NUMBER);
}

static enum import_fault
read_email(const struct value *v)
{
	return !user_email_valid(v->text) ? IMPORT_BAD_EMAIL : read_line(v);
}

static enum import_fault
read_phone(const struct value *v)
{
	char phone[PHONE_SIZE];

	if (!phone_parse(v->text, v->im->phone_code, phone))
		return IMPORT_BAD_PHONE;
	*(const char **)v->to = arena_strdup(v->im->arena, phone);
	return IMPORT_FINE;
}

/* ---- days and money ------------------------------------------------------ */

static enum import_fault
read_when(const struct value *v, int32_t *day, int *second)
{
	switch (cell_parse_day(v->text, day, second)) {
	case CELL_DAY:
		return IMPORT_FINE;
	case CELL_MONTH_FIRST:
		return IMPORT_MONTH_FIRST;
	case CELL_SERIAL:
		return IMPORT_SERIAL;
	case CELL_NO_DAY:
		break;
	}
	return IMPORT_NO_DAY;
}

static enum import_fault
read_day(const struct value *v)
{
	int32_t least = 0, *day = v->to;
	bool is_joined = v->column->offset ==
		offsetof(struct import_row, joined_day);
	bool is_birth = v->column->offset ==
		offsetof(struct import_row, birth_day);
	enum import_fault fault = read_when(v, day, NULL);

	clock_parse_day(FIRST_JOINED, &least);
	if (fault == IMPORT_FINE && is_joined &&
	    (*day < least || *day > v->im->today + AHEAD_DAYS))
		fault = IMPORT_ODD_DAY;
	if (fault == IMPORT_FINE && is_birth &&
	    !member_birth_may_be(*day, v->im->today))
		fault = IMPORT_ODD_BIRTH;
	return fault;
}

static enum import_fault
read_moment(const struct value *v)
{
	int32_t day = 0;
	int second = 0;
	enum import_fault fault = read_when(v, &day, &second);

	*(int64_t *)v->to = (int64_t)day * CLOCK_DAY_SECONDS + second;
	return fault;
}

static enum import_fault
read_money(const struct value *v)
{
	return money_parse(v->text, v->im->currency, v->to) ? IMPORT_FINE
		: IMPORT_NOT_MONEY;
}

/* ---- what the gym has a list of ------------------------------------------ */

/* "North, South": the names there are. */
static void
list_name(const struct value *v, const char *name)
{
	const char *list = *v->detail;

	if (list == NULL)
		*v->detail = name;
	else if (strlen(list) < LISTED_MOST)
		*v->detail = arena_printf(v->im->arena, "%s, %s", list, name);
}

static enum import_fault
read_branch(const struct value *v)
{
	const struct branch_list *list = &v->im->branches;

	for (size_t i = 0; i < list->count; i++) {
		if (strcasecmp(list->rows[i].name, v->text) == 0) {
			*(int64_t *)v->to = list->rows[i].id;
			return IMPORT_FINE;
		}
	}
	for (size_t i = 0; i < list->count; i++)
		list_name(v, list->rows[i].name);
	return IMPORT_NO_BRANCH;
}

/* One that is still sold before one that is not any more. */
static enum import_fault
read_plan(const struct value *v)
{
	const struct plan_list *list = &v->im->plans;
	const struct plan *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct plan *plan = &list->rows[i];

		if (strcasecmp(plan->name, v->text) != 0)
			continue;
		if (found != NULL && found->is_closed == plan->is_closed)
			return IMPORT_WHICH_PLAN;
		if (found == NULL || found->is_closed)
			found = plan;
	}
	*(const struct plan **)v->to = found;
	if (found != NULL)
		return IMPORT_FINE;
	for (size_t i = 0; i < list->count; i++)
		list_name(v, list->rows[i].name);
	return IMPORT_NO_PLAN;
}

/* By its serial, else by its name. */
static enum import_fault
read_terminal(const struct value *v)
{
	const struct device_state *list = v->im->terminals, *found = NULL;
	size_t count = v->im->terminal_count;

	for (size_t i = 0; i < count && found == NULL; i++) {
		if (strcasecmp(list[i].sn, v->text) == 0)
			found = &list[i];
	}
	for (size_t i = 0; i < count && found == NULL; i++) {
		if (strcasecmp(list[i].name, v->text) == 0)
			found = &list[i];
	}
	*(const struct device_state **)v->to = found;
	if (found != NULL)
		return IMPORT_FINE;
	for (size_t i = 0; i < count; i++)
		list_name(v, list[i].name);
	return IMPORT_NO_TERMINAL;
}

typedef enum import_fault reader(const struct value *v);

static reader *const readers[IMPORT_TYPE__COUNT] = {
	[IMPORT_BRANCH] = read_branch, [IMPORT_CODE] = read_code,
	[IMPORT_DAY] = read_day, [IMPORT_EMAIL] = read_email,
	[IMPORT_LINE] = read_line, [IMPORT_LINES] = read_lines,
	[IMPORT_MOMENT] = read_moment, [IMPORT_MONEY] = read_money,
	[IMPORT_NUMBER] = read_number, [IMPORT_PHONE] = read_phone,
	[IMPORT_PLAN] = read_plan, [IMPORT_TERMINAL] = read_terminal,
};

enum import_fault
import_read_value(const struct import *im, const struct import_column *column,
                  const char *text, struct import_row *row,
                  const char **detail)
{
	static const enum import_fault damages[] = {
		[CELL_HASHES] = IMPORT_HASHES,
		[CELL_ROUNDED] = IMPORT_ROUNDED,
		[CELL_ERROR] = IMPORT_FORMULA_FAILED,
	};
	const struct value v = { im, column, text,
		                 (char *)row + column->offset, detail };
	enum cell_damage damage = cell_damage(text);

	*detail = NULL;
	if (damage != CELL_WHOLE && column->type != IMPORT_LINES)
		return damages[damage];
	return readers[column->type](&v);
}
