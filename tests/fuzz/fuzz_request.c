/* fuzz_request.c: a request to the web workers, through all of them */
#include <assert.h>
#include <ctype.h>
#include <json-c/json.h>
#include <sys/mman.h>
#include <unistd.h>

#include "api/whatsapp.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/secret.h"
#include "gym/session.h"
#include "http/fcgi.h"
#include "http/view.h"
#include "pages/guard.h"
#include "pages/routes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"

/*
 * The input: a line of luck (world.h), one of method and address, headers as
 * they travel, an empty line, the body.  In the body, CSRF_MARK stands for what
 * the session's forms carry, and in a header SIGNED_MARK for the body's HMAC.
 */
#define CSRF_MARK "_csrf_"
#define SIGNED_MARK "_signed_"
#define APP_SECRET "fuzz"
#define EVIL "<evil"	/* never comes back as markup */

/* Headers as nginx hands them on. */
static const struct {
	const char *header, *variable;
} headers[] = {
	{ "authorization", "HTTP_AUTHORIZATION" },
	{ "content-length", "CONTENT_LENGTH" },
	{ "content-type", "CONTENT_TYPE" },
	{ "cookie", "HTTP_COOKIE" },
	{ "host", "HTTP_HOST" },
	{ "https", "HTTPS" },
	{ "if-none-match", "HTTP_IF_NONE_MATCH" },
	{ "origin", "HTTP_ORIGIN" },
	{ "x-hub-signature-256", "HTTP_X_HUB_SIGNATURE_256" },
};

#define HEADERS (sizeof headers / sizeof *headers)

struct asked {
	char *luck, *method, *uri;
	char *values[HEADERS];	/* NULL: not sent */
	struct buf body;
	bool has_evil;
};

/* ---- the request --------------------------------------------------------- */

static char *
take_line(const uint8_t **data, size_t *size)
{
	size_t len = fuzz_line(*data, *size);
	char *line = fuzz_text(*data, len);

	len += len < *size;
	*data += len;
	*size -= len;
	return line;
}

static void
take_header(struct asked *q, const char *line)
{
	size_t len = strcspn(line, ":");

	for (size_t i = 0; i < HEADERS; i++) {
		if (strlen(headers[i].header) != len ||
		    strncmp(line, headers[i].header, len) != 0 ||
		    line[len] == '\0' || q->values[i] != NULL)
			continue;
		line += len + 1;
		q->values[i] = strdup(line + strspn(line, " "));
	}
}

/* `text` with each `mark` replaced. */
static void
replace(struct buf *out, const char *text, size_t len, const char *mark,
        const char *by)
{
	while (len > 0) {
		const char *at = memmem(text, len, mark, strlen(mark));
		size_t n = at == NULL ? len : (size_t)(at - text);

		buf_append(out, text, n);
		if (at != NULL) {
			buf_append_str(out, by);
			n += strlen(mark);
		}
		text += n;
		len -= n;
	}
}

/* As whoever has the session's cookie could. */
static void
put_csrf(struct asked *q, const char *text, size_t len)
{
	struct arena *a = arena_create();
	struct req req = { .arena = a, .is_loopback = true,
		           .cookie = q->values[3] == NULL ? ""
		           : q->values[3] };
	const char *secret = http_cookie(&req, SESSION_COOKIE);
	char csrf[SECRET_HASH_SIZE] = "";

	if (secret != NULL)
		guard_csrf(secret, csrf);
	replace(&q->body, text, len, CSRF_MARK, csrf);
	arena_destroy(a);
}

static void
put_signature(struct asked *q)
{
	char *given = q->values[HEADERS - 1], hmac[SECRET_HASH_SIZE];
	struct buf out = BUF_INIT;

	if (given == NULL)
		return;
	secret_hmac(APP_SECRET, strlen(APP_SECRET), q->body.data, q->body.len,
	            hmac);
	replace(&out, given, strlen(given), SIGNED_MARK, hmac);
	free(given);
	q->values[HEADERS - 1] = out.len == 0 ? NULL : buf_steal(&out);
	buf_finish(&out);
}

static bool
read_asked(struct asked *q, const uint8_t *data, size_t size)
{
	char *line;
	size_t len;

	q->has_evil = size > 0 && memmem(data, size, EVIL, strlen(EVIL)) != NULL;
	q->luck = take_line(&data, &size);
	line = take_line(&data, &size);
	len = strcspn(line, " ");
	q->method = fuzz_text((const uint8_t *)line, len);
	q->uri = strdup(line + len + (line[len] == ' '));
	free(line);
	for (;;) {
		line = take_line(&data, &size);
		len = strlen(line);
		take_header(q, line);
		free(line);
		if (len == 0)
			break;
	}
	put_csrf(q, (const char *)data, size);
	put_signature(q);
	return q->uri != NULL;
}

static void
finish_asked(struct asked *q)
{
	free(q->luck);
	free(q->method);
	free(q->uri);
	for (size_t i = 0; i < HEADERS; i++)
		free(q->values[i]);
	buf_finish(&q->body);
}

static void
set_environment(const struct asked *q)
{
	char length[24];

	setenv("REQUEST_METHOD", q->method, 1);
	setenv("REQUEST_URI", q->uri, 1);
	setenv("REMOTE_ADDR", "127.0.0.1", 1);
	snprintf(length, sizeof length, "%zu", q->body.len);
	for (size_t i = 0; i < HEADERS; i++) {
		if (q->values[i] != NULL)
			setenv(headers[i].variable, q->values[i], 1);
		else
			unsetenv(headers[i].variable);
	}
	if (q->values[1] == NULL)
		setenv("CONTENT_LENGTH", length, 1);
	if (q->values[4] == NULL)
		setenv("HTTP_HOST", "localhost:8080", 1);
}

/* ---- the answer ---------------------------------------------------------- */

/* One line of the head; returns where the next one begins. */
static const char *
check_header(const char *line)
{
	static const char *const known[] = { "Status", "Content-Type",
		"Content-Length", "X-Content-Type-Options", "Cache-Control",
		"Referrer-Policy", "X-Frame-Options",
		"Content-Security-Policy", "WWW-Authenticate", "Retry-After",
		"Set-Cookie", "Location", "ETag", "Allow", "Refresh",
		"Content-Disposition", "Cross-Origin-Resource-Policy" };
	const char *end = strstr(line, "\r\n");
	size_t name = strcspn(line, ":");
	bool is_known = false;

	assert(end != NULL && line + name < end && line[name + 1] == ' ');
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		is_known |= strlen(known[i]) == name &&
			strncmp(line, known[i], name) == 0;
	assert(is_known);
	for (const char *c = line; c < end; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	/* back to this site, whatever was asked for */
	if (strncmp(line, "Location: ", 10) == 0)
		assert(line[10] == '/' && line[11] != '/' && line[11] != '\\');
	return end + 2;
}

static void
check_body(const struct asked *q, const char *type, const char *body,
           size_t len)
{
	if (strncmp(type, "text/", 5) == 0 ||
	    strncmp(type, "application/json", 16) == 0)
		assert(text_is_utf8(body, len));
	if (strncmp(type, "text/html", 9) == 0 && q->has_evil)
		assert(memmem(body, len, EVIL, strlen(EVIL)) == NULL);
	if (strncmp(type, "application/json", 16) == 0 && len > 0) {
		json_object *json = json_tokener_parse(body);

		assert(json != NULL);
		json_object_put(json);
	}
}

static void
check_answer(const struct asked *q, const char *answer, size_t len)
{
	const char *line = answer, *type = "", *length = NULL;
	int64_t status = 0, announced = -1;
	char number[24];

	assert(text_after(answer, "Status: ") != NULL);
	snprintf(number, sizeof number, "%.3s", answer + 8);
	assert(text_to_int(number, 200, 599, &status) && status != 500);
	while (strncmp(line, "\r\n", 2) != 0) {
		if (strncmp(line, "Content-Type: ", 14) == 0)
			type = line + 14;
		if (strncmp(line, "Content-Length: ", 16) == 0)
			length = line + 16;
		line = check_header(line);
	}
	line += 2;
	assert(length != NULL);
	snprintf(number, sizeof number, "%.*s", (int)strcspn(length, "\r"),
	         length);
	assert(text_to_int(number, 0, INT64_MAX, &announced));
	if (strcmp(q->method, "HEAD") == 0)
		assert(line == answer + len);
	else
		assert(announced == (int64_t)(len - (size_t)(line - answer)));
	check_body(q, type, line, len - (size_t)(line - answer));
}

/* ---- from one to the other ----------------------------------------------- */

static void
open_once(void)
{
	static bool is_open;

	if (is_open)
		return;
	is_open = true;
	log_open("fuzz", LOG_ERROR);
	setenv("GYMGATE_TEST_CHEAP_PASSWORDS", "1", 1);
	secret_init();
	if (!view_open("html", false))
		abort();
	whatsapp_open("verify", APP_SECRET);
}

static int
memory_file(const void *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

/* As plain CGI: by the environment and the two ends of the process. */
static void
answer(const struct asked *q)
{
	int in = memory_file(q->body.len == 0 ? "" : q->body.data,
	                     q->body.len);
	int out = memory_file("", 0), was_in = dup(0), was_out = dup(1);
	struct db *db = db_create(NULL);
	const char *changed;
	size_t len;
	char path[32], *text;

	set_environment(q);
	dup2(in, 0);
	dup2(out, 1);
	world_begin(q->luck);
	fcgi_serve_cgi(routes_answer, db);
	changed = world_end();
	dup2(was_in, 0);
	dup2(was_out, 1);
	snprintf(path, sizeof path, "/proc/self/fd/%d", out);
	text = text_read_file(path, 64 * 1024 * 1024, &len);
	assert(text != NULL);
	check_answer(q, text, len);
	assert(view_missing() == 0);
	if (changed != NULL && (strcmp(q->method, "GET") == 0 ||
	                        strcmp(q->method, "HEAD") == 0)) {
		fprintf(stderr, "a %s ran %s\n", q->method, changed);
		abort();
	}
	free(text);
	db_destroy(db);
	close(in);
	close(out);
	close(was_in);
	close(was_out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct asked q = { .body = BUF_INIT };

	open_once();
	if (read_asked(&q, data, size))
		answer(&q);
	finish_asked(&q);
	return 0;
}
