/* fuzz_report.c: what a server, or whoever sits before it, says of a terminal */
#include <assert.h>

#include "base/clock.h"
#include "base/text.h"
#include "report.h"
#include "tests/fuzz/fuzz.h"

/* Whatever was read is told again as it came. */
static void
tell_again(const struct report_answer *said)
{
	struct terminal_state state = { .name = "" };
	const struct spool_counts counts = { 0 };
	struct buf out = BUF_INIT;

	memcpy(state.firmware, said->zone, sizeof said->zone);
	memcpy(state.mac, said->mac, sizeof said->mac);
	memcpy(state.error, said->zone, sizeof said->zone);
	report_format(&out, &state, &counts, said->days, said->day_count);
	assert(text_is_utf8(out.data, out.len));
	buf_finish(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct report_answer said;
	char *copy = fuzz_text(data, size);
	const struct buf body = { copy, size, size + 1 };
	bool ok;

	memset(&said, 0xff, sizeof said);
	ok = report_read(&body, &said);
	assert(strlen(said.zone) < sizeof said.zone);
	assert(strlen(said.mac) < sizeof said.mac);
	assert(said.day_count <= REPORT_DAYS_MAX);
	assert(ok || said.day_count == 0);
	for (size_t i = 0; i < said.day_count; i++) {
		const struct spool_day *day = &said.days[i];

		assert(day->count >= 0 && !day->is_waiting);
		assert(day->day != CLOCK_NO_DAY);
		assert(report_compare(day, day, day) == REPORT_SAME);
	}
	tell_again(&said);
	free(copy);
	return 0;
}
