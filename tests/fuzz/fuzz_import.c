/* fuzz_import.c: a table of members, subscriptions or numbers, into rows */
#include <assert.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/phone.h"
#include "base/text.h"
#include "gym/import_read.h"
#include "gym/member_edit.h"
#include "tests/fuzz/fuzz.h"

static struct branch branches[] = {
	{ 1, "North", "Asia/Kolkata" }, { 2, "South", "Asia/Kolkata" },
};
static struct plan plans[] = {
	{ .id = 1, .name = "Monthly", .days = 30 },
	{ .id = 2, .name = "Yearly", .days = 365, .is_closed = true },
	{ .id = 3, .name = "Yearly", .days = 366 },
	{ .id = 4, .name = "Ten", .days = 90, .visits = 10 },
	{ .id = 5, .name = "Ten", .days = 60, .visits = 10 },
};
static struct device_state terminals[] = {
	{ .sn = "CRT5200-SN001", .name = "Front" }, { .sn = "A2", .name = "A2" },
};

#define TODAY 20529	/* 2026-03-17 */

static void
check_text(const char *text, size_t most)
{
	size_t characters = 0;

	if (text == NULL)
		return;
	assert(*text != '\0' && text_is_utf8(text, strlen(text)));
	for (const char *c = text; *c != '\0'; c++)
		characters += ((unsigned char)*c & 0xc0) != 0x80;
	assert(characters <= most && text[strcspn(text, "\x01\x1b\x7f\r")] ==
	       '\0');
}

static void
check_member(const struct import_row *row)
{
	check_text(row->name, MEMBER_NAME_MAX);
	check_text(row->email, MEMBER_EMAIL_MAX);
	check_text(row->notes, MEMBER_NOTES_MAX);
	assert(row->name == NULL || strpbrk(row->name, "\n\t") == NULL);
	assert(row->phone == NULL || (*row->phone == '+' &&
	       strlen(row->phone) < PHONE_SIZE));
	assert(row->joined_day <= TODAY + 366 && row->birth_day <= TODAY);
	assert(row->branch_id >= 0 && row->branch_id <= 2);
}

/* What nobody complained of may be written as it is. */
static void
check_row(const struct import *im, const struct import_row *row)
{
	assert(row->line > 1 && text_is_word(row->code, MEMBER_CODE_MAX,
	                                     MEMBER_CODE_ALSO));
	switch (im->kind) {
	case IMPORT_MEMBERS:
		check_member(row);
		break;
	case IMPORT_SUBSCRIPTIONS:
		assert(row->plan >= plans && row->plan < plans + 5);
		assert(row->due >= 0 && row->due <= MONEY_MOST);
		break;
	default:
		assert(text_is_word(row->number, 24, ""));
		assert(row->terminal == NULL || row->terminal == terminals ||
		       row->terminal == terminals + 1);
		break;
	}
}

static void
check_problems(const struct import *im)
{
	size_t line = 0;

	for (size_t i = 0; i < im->problem_count; i++) {
		const struct import_problem *p = &im->problems[i];

		assert(p->fault > IMPORT_FINE && p->fault <
		       IMPORT_FAULT__COUNT);
		assert(p->column != NULL && p->value != NULL);
		assert(text_is_utf8(p->column, strlen(p->column)));
		assert(text_is_utf8(p->value, strlen(p->value)));
		assert(p->line >= line);
		line = p->line;
	}
}

/* The kind by the first byte, then the file. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct import im = {
		.arena = a, .currency = "INR", .phone_code = "91",
		.today = TODAY, .branches = { branches, 2 },
		.plans = { plans, 5 }, .terminals = terminals,
		.terminal_count = 2,
	};
	struct csv table;

	if (size > 0 && csv_read(a, data + 1, size - 1, &table) == CSV_OK) {
		im.kind = data[0] % IMPORT_KIND__COUNT;
		im.table = &table;
		import_read(&im);
		check_problems(&im);
		assert(im.count == table.count - 1 || im.problem_count > 0);
		for (size_t i = 0; i < im.count; i++) {
			if (!im.rows[i].is_refused)
				check_row(&im, &im.rows[i]);
		}
	}
	arena_destroy(a);
	return 0;
}
