/* http.c: a request and its answer, apart from how they travel */
#include "http/http.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdarg.h>

#include "base/log.h"
#include "base/text.h"

#define PAIRS_MAX 200
#define COOKIE_PREFIX "__Host-"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes % and, in forms, +; `*out_len` counts NULs too.  NULL on a bad %. */
static char *
decode(struct arena *a, const char *text, size_t len, bool plus_is_blank,
       size_t *out_len)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (text[i] == '+' && plus_is_blank) {
			out[n++] = ' ';
			continue;
		}
		if (text[i] != '%') {
			out[n++] = text[i];
			continue;
		}
		if (i + 2 >= len)
			return NULL;
		high = hex_value(text[i + 1]);
		low = hex_value(text[i + 2]);
		if (high < 0 || low < 0)
			return NULL;
		out[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*out_len = n;
	return out;
}

static bool
add_pair(struct arena *a, const char *text, size_t len, struct http_pair *out)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals == NULL ? len : (size_t)(equals - text);
	size_t decoded;

	out->name = decode(a, text, name_len, true, &decoded);
	if (out->name == NULL || strlen(out->name) != decoded)
		return false;	/* a NUL would make another name of it */
	if (equals == NULL)
		out->value = arena_strdup(a, "");
	else
		out->value = decode(a, equals + 1, len - name_len - 1, true,
		                    &out->value_len);
	return out->value != NULL;
}

bool
http_parse_pairs(struct arena *a, const char *text, size_t len,
                 struct http_pairs *out)
{
	const char *end = text + len;

	out->count = 0;
	out->list = arena_alloc(a, PAIRS_MAX * sizeof *out->list);
	while (text < end) {
		const char *amp = memchr(text, '&', (size_t)(end - text));
		const char *stop = amp == NULL ? end : amp;

		if (stop > text) {
			if (out->count == PAIRS_MAX ||
			    !add_pair(a, text, (size_t)(stop - text),
			              &out->list[out->count]))
				return false;
			out->count++;
		}
		text = stop + 1;
	}
	return true;
}

bool
http_parse_path(struct arena *a, const char *text, const char **out)
{
	size_t len;
	char *path = decode(a, text, strlen(text), false, &len);

	if (path == NULL || path[0] != '/' || !text_is_utf8(path, len))
		return false;
	*out = path;
	return true;
}

bool
http_is_loopback(const struct req *req)
{
	static const char *const names[] = { "127.0.0.1", "localhost",
		                             "[::1]" };
	bool from_here = strcmp(req->address, "127.0.0.1") == 0 ||
		strcmp(req->address, "::1") == 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *rest = text_after(req->host, names[i]);

		if (rest != NULL && (*rest == '\0' || *rest == ':'))
			return from_here && !req->is_https;
	}
	return false;
}

const char *
http_find(const struct http_pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->list[i].name, name) == 0)
			return pairs->list[i].value;
	}
	return NULL;
}

int64_t
http_find_id(const struct http_pairs *pairs, const char *name)
{
	const char *text = http_find(pairs, name);
	int64_t id;

	return text != NULL && text_to_int(text, 1, INT64_MAX, &id) ? id : 0;
}

static void
add_escaped(struct buf *url, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		buf_appendf(url, c < 0x80 && (isalnum(c) ||
		            strchr("-_.~", c) != NULL) ? "%c" : "%%%02X", c);
	}
}

void
http_add_query(struct buf *url, const char *name, const char *value)
{
	bool is_first = url->len == 0 || strchr(url->data, '?') == NULL;

	buf_append_str(url, is_first ? "?" : "&");
	add_escaped(url, name);
	buf_append_str(url, "=");
	add_escaped(url, value);
}

/* The name as it travels: __Host- needs Secure, which needs HTTPS. */
static const char *
cookie_name(struct req *req, const char *name)
{
	return req->is_loopback ? name
		: arena_printf(req->arena, COOKIE_PREFIX "%s", name);
}

const char *
http_cookie(struct req *req, const char *name)
{
	const char *wanted = cookie_name(req, name);
	size_t len = strlen(wanted);

	for (const char *p = req->cookie; *p != '\0';) {
		size_t part = strcspn(p, ";");

		if (part > len && strncmp(p, wanted, len) == 0 && p[len] == '=')
			return arena_strndup(req->arena, p + len + 1,
			                     part - len - 1);
		p += part;
		p += strspn(p, "; ");
	}
	return NULL;
}

const char *
http_media_type(struct req *req)
{
	size_t len = strcspn(req->content_type, "; \t");
	char *type = arena_strndup(req->arena, req->content_type, len);

	for (char *c = type; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return type;
}

void
http_header(struct res *res, const char *name, const char *format, ...)
{
	char value[2048];
	size_t len = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof value, format, args);
	va_end(args);
	while ((unsigned char)value[len] >= ' ' && value[len] != 0x7f)
		len++;
	value[len] = '\0';
	buf_appendf(&res->headers, "%s: %s\r\n", name, value);
}

void
http_set_cookie(struct req *req, struct res *res, const char *name,
                const char *value, int64_t max_age_s)
{
	http_header(res, "Set-Cookie",
	            "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
	            cookie_name(req, name), value, (long long)max_age_s,
	            req->is_loopback ? "" : "; Secure");
}

enum status
http_redirect(struct res *res, const char *location)
{
	http_header(res, "Location", "%s", location);
	return HTTP_303;
}

enum status
http_json(struct res *res, enum status status, json_object *json)
{
	res->content_type = "application/json";
	buf_append_str(&res->body, json_object_to_json_string_ext(json,
	               JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
	return status;
}

enum status
http_json_error(struct res *res, enum status status, const char *message,
                const char *field)
{
	json_object *json = json_object_new_object();

	json_object_object_add(json, "status", json_object_new_boolean(0));
	json_object_object_add(json, "message",
	                       json_object_new_string(message));
	if (field != NULL)
		json_object_object_add(json, "field",
		                       json_object_new_string(field));
	return http_json(res, status, json);
}

const char *
http_reason(enum status status)
{
	switch (status) {
	case HTTP_200:
		return "OK";
	case HTTP_303:
		return "See Other";
	case HTTP_304:
		return "Not Modified";
	case HTTP_400:
		return "Bad Request";
	case HTTP_401:
		return "Unauthorized";
	case HTTP_403:
		return "Forbidden";
	case HTTP_404:
		return "Not Found";
	case HTTP_405:
		return "Method Not Allowed";
	case HTTP_409:
		return "Conflict";
	case HTTP_413:
		return "Content Too Large";
	case HTTP_415:
		return "Unsupported Media Type";
	case HTTP_422:
		return "Unprocessable Content";
	case HTTP_429:
		return "Too Many Requests";
	case HTTP_500:
		return "Internal Server Error";
	case HTTP_503:
		return "Service Unavailable";
	}
	return "Error";
}
