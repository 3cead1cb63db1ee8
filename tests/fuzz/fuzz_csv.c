/* fuzz_csv.c: the bytes of a table, and each cell of it as what it may be */
#include <assert.h>
#include <string.h>

#include "base/cell.h"
#include "base/csv.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static void
try_cell(struct arena *a, const char *cell)
{
	const char *text = cell_text(a, cell);
	int32_t day = 0;
	int second = 0;

	assert(strlen(cell) <= CSV_CELL_MAX);
	assert(text_is_utf8(cell, strlen(cell)));
	assert(strlen(text) <= strlen(cell));
	cell_damage(text);
	if (cell_parse_day(text, &day, &second) == CELL_DAY)
		assert(second >= 0 && second < 86400);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	size_t line = 0;
	struct csv csv;

	if (csv_read(a, data, size, &csv) == CSV_OK) {
		assert(csv.count > 0 && csv.count <= CSV_ROWS_MAX + 1);
		for (size_t i = 0; i < csv.count; i++) {
			const struct csv_row *row = &csv.rows[i];

			assert(row->line > line);
			line = row->line;
			assert(row->count <= CSV_COLUMNS_MAX);
			for (size_t k = 0; k < row->count; k++)
				try_cell(a, row->cells[k]);
		}
	}
	arena_destroy(a);
	return 0;
}
