/* guard.c: who calls: sessions, displays and tokens, for route.c */
#include "pages/guard.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "gym/display.h"
#include "gym/session.h"
#include "gym/token.h"
#include "http/view.h"
#include "pages/present.h"

#define CREDENTIALS_MAX 400

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648, of at most CREDENTIALS_MAX digits; `out` is ended by a NUL. */
static bool
base64_decode(const char *text, char out[CREDENTIALS_MAX])
{
	size_t len = strcspn(text, "="), n = 0;
	unsigned bits = 0;

	if (len > CREDENTIALS_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		int value = base64_value(text[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		if (i % 4 != 0)
			out[n++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
	}
	out[n] = '\0';
	return true;
}

/* What follows "Bearer " or "Basic ", whatever its case; NULL: another. */
static const char *
after_scheme(const char *header, const char *scheme)
{
	size_t len = strlen(scheme);

	if (strncasecmp(header, scheme, len) != 0 || header[len] != ' ')
		return NULL;
	header += len;
	return header + strspn(header, " ");
}

bool
guard_token_hash(struct req *req, char out[SECRET_HASH_SIZE],
                 const char **company)
{
	const char *header = req->authorization, *token, *basic;
	char credentials[CREDENTIALS_MAX];

	if (header == NULL)
		return false;
	token = after_scheme(header, "Bearer");
	basic = after_scheme(header, "Basic");
	if (basic != NULL && base64_decode(basic, credentials) &&
	    strchr(credentials, ':') != NULL)
		token = strchr(credentials, ':') + 1;
	if (token == NULL || !token_well_formed(token))
		return false;
	secret_hash(token, out);
	*company = arena_strndup(req->arena, token, strcspn(token, "."));
	return true;
}

void
guard_csrf(const char *session_secret, char out[SECRET_HASH_SIZE])
{
	secret_derive(session_secret, "csrf", out);
}

static enum status
identify_token(struct req *req)
{
	char hash[SECRET_HASH_SIZE];
	const char *company;
	struct token token;

	if (!guard_token_hash(req, hash, &company))
		return HTTP_401;
	switch (token_find(req->db, req->arena, hash, &token)) {
	case DB_OK:
		req->caller.company = token.company;
		req->caller.device_sn = token.device_sn;
		return HTTP_200;
	case DB_NONE:
		return HTTP_401;
	default:
		return HTTP_503;
	}
}

/* Whoever is not signed in is led there, but does not lose a form silently. */
static enum status
ask_to_sign_in(struct req *req, struct res *res)
{
	if (req->method != HTTP_GET)
		return HTTP_401;
	return http_redirect(res, "/login");
}

static enum status
identify_person(struct req *req, struct res *res, enum route_who who)
{
	const char *secret = http_cookie(req, SESSION_COOKIE);
	char hash[SECRET_HASH_SIZE], csrf[SECRET_HASH_SIZE];
	struct session session;

	if (secret == NULL)
		return ask_to_sign_in(req, res);
	secret_hash(secret, hash);
	switch (session_find(req->db, req->arena, hash, req->now_at, true,
	                     &session)) {
	case DB_OK:
		break;
	case DB_NONE:
		return ask_to_sign_in(req, res);
	default:
		return HTTP_503;
	}
	guard_csrf(secret, csrf);
	req->caller = (struct caller){
		.company = session.company,
		.user_id = session.user_id,
		.branch_id = session.branch_id,
		.is_owner = session.is_owner,
		.currency = session.currency,
		.phone_code = session.phone_code,
		.session_hash = arena_strdup(req->arena, hash),
		.csrf = arena_strdup(req->arena, csrf),
	};
	present_session(res->model, &session, csrf, req->path);
	if (who == ROUTE_STAFF)
		return HTTP_200;
	return session.is_owner && (who == ROUTE_OWNER ||
	                            session.branch_id == 0) ? HTTP_200
		: HTTP_403;
}

/*
 * A screen that nobody looks after: the page leads to where it is paired, and
 * while the database is away it comes again by itself.
 */
static enum status
identify_display(struct req *req, struct res *res)
{
	const char *secret = http_cookie(req, DISPLAY_COOKIE);
	struct display *display = arena_alloc(req->arena, sizeof *display);
	bool is_page = strcmp(req->path, "/desk") == 0;
	char hash[SECRET_HASH_SIZE];

	if (secret == NULL)
		return is_page ? http_redirect(res, "/desk/pair") : HTTP_401;
	secret_hash(secret, hash);
	switch (display_find(req->db, req->arena, hash, req->now_at,
	                     display)) {
	case DB_OK:
		break;
	case DB_NONE:
		return is_page ? http_redirect(res, "/desk/pair") : HTTP_401;
	default:
		if (is_page)
			http_header(res, "Refresh", "15");
		return HTTP_503;
	}
	req->caller = (struct caller){
		.company = display->company,
		.branch_id = display->branch_id,
		.display = display,
	};
	present_nobody(res->model);
	return HTTP_200;
}

static enum status
identify(struct req *req, struct res *res, enum route_who who)
{
	char hash[SECRET_HASH_SIZE];
	const char *company;

	switch (who) {
	case ROUTE_ANYONE:
		present_nobody(res->model);
		return HTTP_200;
	case ROUTE_STAFF:
	case ROUTE_OWNER:
	case ROUTE_HEAD:
		return identify_person(req, res, who);
	case ROUTE_DISPLAY:
		return identify_display(req, res);
	case ROUTE_TOKEN:
		return identify_token(req);
	case ROUTE_SIGNED:
		return HTTP_200;
	case ROUTE_INTAKE:
		return guard_token_hash(req, hash, &company) ? HTTP_200 : HTTP_401;
	}
	return HTTP_500;
}

static bool
csrf_matches(struct req *req)
{
	const char *sent = http_find(&req->form, "csrf");

	if (req->caller.csrf == NULL)
		return true;	/* nobody is signed in: Origin was checked */
	return sent != NULL && text_same_secret(sent, req->caller.csrf);
}

static void
draw_error(struct req *req, struct res *res, enum status status)
{
	(void)req;
	view_error(res, status);
}

const struct route_hooks guard_hooks = { identify, csrf_matches, draw_error };
