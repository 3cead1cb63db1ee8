/* fuzz_clock.c: times and days as machines write them */
#include <assert.h>

#include "base/clock.h"
#include "tests/fuzz/fuzz.h"

/* The digits of a time that was read are those that it is written with. */
static void
check_time(const char *text, int64_t local, int offset_s)
{
	char again[CLOCK_TEXT_SIZE];
	struct clock_date date = clock_split(local);
	int64_t joined;

	clock_format(local, again);
	assert(strncmp(text, again, 10) == 0);
	assert(strncmp(text + 11, again + 11, 8) == 0);
	assert(clock_join(&date, &joined) && joined == local);
	assert(offset_s > -16 * 3600 && offset_s < 16 * 3600);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), again[CLOCK_DAY_TEXT_SIZE];
	int64_t local;
	int32_t day;
	bool has_offset = false;
	int offset_s = 0;

	if (clock_parse(text, &local, &has_offset, &offset_s))
		check_time(text, local, offset_s);
	if (clock_parse_day(text, &day)) {
		clock_format_day(day, again);
		assert(strcmp(text, again) == 0);
	}
	free(text);
	return 0;
}
