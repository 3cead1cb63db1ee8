/* fuzz_tmpl.c: a template and, behind a NUL, the JSON that fills it */
#include <assert.h>
#include <json-c/json.h>

#include "http/tmpl.h"
#include "tests/fuzz/fuzz.h"

/* {{> self}} is the template itself; any other name is not known. */
static const struct tmpl *
find(void *arg, const char *name)
{
	return strcmp(name, "self") == 0 ? arg : NULL;
}

/* What came from the model alone may not hold what escaping removes. */
static void
check_escaped(const struct buf *out)
{
	for (size_t i = 0; i < out->len; i++)
		assert(strchr("<>\"'", out->data[i]) == NULL ||
		       out->data[i] == '\0');
}

static void
render(struct tmpl *t, struct json_object *model, bool has_markup)
{
	struct tmpl_missing missing = { 0 };
	struct buf out = BUF_INIT;
	char error[200];

	tmpl_link(t, find, t, error, sizeof error);
	tmpl_render(t, model, &out, &missing);
	if (!has_markup)
		check_escaped(&out);
	assert((missing.count == 0) == (missing.first[0] == '\0'));
	buf_finish(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\0', size);
	size_t len = end == NULL ? size : (size_t)(end - data);
	char *text = fuzz_text(data, len), error[200] = "";
	char *json = len < size ? fuzz_text(data + len + 1, size - len - 1)
		: fuzz_text((const uint8_t *)"{}", 2);
	struct json_object *model = json_tokener_parse(json);
	struct tmpl *t = tmpl_parse("fuzz", 1, text, len, error, sizeof error);

	assert((t == NULL) == (error[0] != '\0'));
	if (t != NULL)
		render(t, model, strpbrk(text, "<\"'") != NULL ||
		       strstr(text, ">") != NULL);
	tmpl_destroy(t);
	json_object_put(model);
	free(json);
	free(text);
	return 0;
}
