/* fuzz_guard.c: the Authorization header */
#include <assert.h>

#include "gym/token.h"
#include "pages/guard.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	char *header = fuzz_text(data, size), hash[SECRET_HASH_SIZE] = "";
	struct req req = { .arena = a, .authorization = header };
	const char *company = NULL;

	if (guard_token_hash(&req, hash, &company)) {
		assert(strlen(hash) == SECRET_HASH_SIZE - 1);
		assert(*company != '\0' && strlen(company) <= 16);
	} else {
		assert(company == NULL);
	}
	free(header);
	arena_destroy(a);
	return 0;
}
