/* fuzz_multipart.c: a line of content type, then the body of a form */
#include <assert.h>

#include "http/multipart.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	size_t type_len = fuzz_line(data, size);
	size_t skipped = type_len + (type_len < size), len = size - skipped;
	const char *type = arena_strndup(a, (const char *)data, type_len);
	char *body = fuzz_text(data + skipped, len);
	struct http_pairs form;
	struct http_file file;

	if (multipart_parse(a, type, body, len, &form, &file)) {
		assert(form.count <= MULTIPART_PARTS_MAX);
		for (size_t i = 0; i < form.count; i++)
			assert(form.list[i].name[0] != '\0' &&
			       form.list[i].value_len <= MULTIPART_FIELD_MAX &&
			       form.list[i].value[form.list[i].value_len] ==
			       '\0');
		assert(file.name == NULL || (file.data >= body &&
		       file.data + file.len <= body + len));
	}
	free(body);
	arena_destroy(a);
	return 0;
}
