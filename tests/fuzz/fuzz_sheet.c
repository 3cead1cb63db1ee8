/* fuzz_sheet.c: any text into a sheet, and out of it again, as no formula */
#include <assert.h>

#include "base/cell.h"
#include "base/csv.h"
#include "base/sheet.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static const struct sheet_column columns[] = {
	{ "Name", SHEET_TEXT }, { "Amount", SHEET_MONEY }, { "Note", SHEET_TEXT },
};
static const struct sheet_table table = { "fuzz", columns, 3, 2 };

static FILE *
make(enum sheet_format format, const char *text, int64_t amount)
{
	struct sheet *s = sheet_create(format, &table);
	FILE *file;

	sheet_text(s, text);
	sheet_money(s, amount);
	sheet_text(s, text);
	assert(sheet_rows(s) == 1);
	file = sheet_file(s);
	sheet_destroy(s);
	assert(file != NULL);
	return file;
}

/* What a spreadsheet would reckon with, or send somewhere (ASVS 1.2.10). */
static void
check_no_formula(const char *cell)
{
	static const char *const heads[] = {
		"=", "+", "-", "@", "\t", "\n", "\r", "\uff1d", "\uff0b",
		"\uff0d", "\uff20",
	};

	cell += strspn(cell, " ");
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		assert(text_after(cell, heads[i]) == NULL);
}

/* Is it kept as it is?  What no cell holds is left out, and a ' goes. */
static bool
is_plain(const char *text)
{
	const char *c = text + strspn(text, " \t\n\xc2\xa0");

	if (!text_is_utf8(text, strlen(text)) || *c == '\'' ||
	    strstr(text, "\xef\xbf") != NULL)
		return false;
	for (c = text; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' && *c != '\t' && *c != '\n')
			return false;
	}
	return true;
}

static void
check_csv(struct arena *a, FILE *file, const char *text, int64_t amount)
{
	static char bytes[64 * 1024];
	size_t len = fread(bytes, 1, sizeof bytes, file);
	char number[40];
	struct csv csv;

	assert(len < sizeof bytes);
	assert(csv_read(a, bytes, len, &csv) == CSV_OK);
	assert(csv.separator == ',' && csv.count == 2);
	assert(csv.rows[1].count == 3);
	if (csv.rows[1].fault == CSV_FINE) {
		check_no_formula(csv.rows[1].cells[0]);
		check_no_formula(csv.rows[1].cells[2]);
	}
	snprintf(number, sizeof number, "%s%lld.%02lld", amount < 0 ? "-" : "",
	         llabs(amount) / 100, llabs(amount) % 100);
	assert(strcmp(csv.rows[1].cells[1], number) == 0);
	if (is_plain(text) && csv.rows[1].fault == CSV_FINE)
		assert(strcmp(cell_text(a, csv.rows[1].cells[0]),
		              cell_text(a, text)) == 0);
}

/* XLSX by the first byte's last bit, else CSV; then the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	int64_t amount;
	char *text;
	FILE *file;

	if (size < 1)
		return 0;
	a = arena_create();
	amount = (int64_t)(int8_t)data[0] * 1234567;
	text = fuzz_text(data + 1, size - 1);
	if ((data[0] & 1) != 0) {
		file = make(SHEET_XLSX, text, amount);
	} else {
		file = make(SHEET_CSV, text, amount);
		check_csv(a, file, text, amount);
	}
	fclose(file);
	free(text);
	arena_destroy(a);
	return 0;
}
