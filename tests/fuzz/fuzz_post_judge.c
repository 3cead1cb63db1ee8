/* fuzz_post_judge.c: what a server, or whoever sits before it, answers */
#include <assert.h>

#include "base/text.h"
#include "post.h"
#include "tests/fuzz/fuzz.h"

#define ITEMS_MAX 8

/* A single punch: only what is documented settles it. */
static void
judge_one(const struct fetch_answer *answer)
{
	struct post_verdict verdict;
	char why[256];
	enum post_outcome outcome;

	memset(&verdict, 0xff, sizeof verdict);
	outcome = post_judge_one(answer, &verdict, why, sizeof why);
	assert(strlen(why) < sizeof why);
	assert((outcome == POST_SETTLED) == (verdict.fate != POST_WAITS));
	assert((outcome == POST_LATER) == (why[0] != '\0'));
	assert(verdict.fate != POST_DONE || answer->status == 200);
	assert(verdict.fate != POST_PARKED || answer->status == 404);
	assert(strlen(verdict.words) <= SPOOL_TEXT_MAX);
}

/* Items, status and type from the first two bytes, then the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 200, 200, 404, 413, 503, 302, 0 };
	struct post_verdict verdicts[ITEMS_MAX];
	struct fetch_answer answer = FETCH_ANSWER_INIT;
	char why[256];
	size_t n;
	enum post_outcome outcome;

	if (size < 2)
		return 0;
	n = 1 + data[0] % ITEMS_MAX;
	answer.status = statuses[data[1] % 8];
	text_copy(answer.type, sizeof answer.type, data[1] & 0x80 ?
	          "text/html" : "application/json");
	buf_append(&answer.body, data + 2, size - 2);
	memset(verdicts, 0xff, sizeof verdicts);
	outcome = post_judge(&answer, n, verdicts, why, sizeof why);
	assert(strlen(why) < sizeof why);
	assert(outcome != POST_SETTLED || answer.status == 200);
	assert(outcome == POST_SETTLED || why[0] != '\0');
	for (size_t i = 0; outcome == POST_SETTLED && i < n; i++) {
		assert(verdicts[i].fate <= POST_PARKED);
		assert(strlen(verdicts[i].words) <= SPOOL_TEXT_MAX);
		/* only what the API documents lets a punch go */
		assert(verdicts[i].fate != POST_DONE ||
		       verdicts[i].status == 200 || verdicts[i].status == 404);
	}
	judge_one(&answer);
	fetch_answer_finish(&answer);
	return 0;
}
