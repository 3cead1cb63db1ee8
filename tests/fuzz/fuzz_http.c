/* fuzz_http.c: a line each of path, cookies and media type, then a form */
#include <assert.h>

#include "base/text.h"
#include "http/http.h"
#include "tests/fuzz/fuzz.h"

/* Takes the next line off the input, as a text of the arena. */
static const char *
take_line(struct arena *a, const uint8_t **data, size_t *size)
{
	size_t len = fuzz_line(*data, *size);
	const char *line = arena_strndup(a, (const char *)*data, len);

	len += len < *size;
	*data += len;
	*size -= len;
	return line;
}

/* A cookie that was set comes back, whatever the browser sends beside. */
static void
check_cookies(struct req *req)
{
	const char *value = http_cookie(req, "session");

	assert(value == NULL || strchr(value, ';') == NULL);
	req->is_loopback = !req->is_loopback;
	http_cookie(req, "session");
}

static void
check_headers(struct req *req, const char *value)
{
	struct res res = { .arena = req->arena };
	const char *first;

	http_set_cookie(req, &res, "session", value, 60);
	http_redirect(&res, value);
	first = strstr(res.headers.data, "\r\n");
	/* two lines and no more, whatever the value holds */
	assert(first != NULL && strstr(first + 2, "\r\n") + 2 ==
	       res.headers.data + res.headers.len);
	buf_finish(&res.headers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct req req = { .arena = a, .host = "localhost:8080",
		           .address = "127.0.0.1" };
	const char *path = take_line(a, &data, &size);
	char *form;

	if (http_parse_path(a, path, &req.path))
		assert(req.path[0] == '/' &&
		       text_is_utf8(req.path, strlen(req.path)));
	req.cookie = take_line(a, &data, &size);
	req.host = req.content_type = take_line(a, &data, &size);
	check_cookies(&req);
	http_media_type(&req);
	http_is_loopback(&req);
	form = fuzz_text(data, size);
	if (http_parse_pairs(a, form, size, &req.form)) {
		for (size_t i = 0; i < req.form.count; i++)
			assert(strlen(req.form.list[i].value) <=
			       req.form.list[i].value_len);
		http_find(&req.form, "csrf");
	}
	check_headers(&req, form);
	free(form);
	arena_destroy(a);
	return 0;
}
