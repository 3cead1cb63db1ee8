/* whatsapp.c: GET and POST /api/whatsapp/webhook: what the message service tells */
#include "api/whatsapp.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/secret.h"
#include "gym/whatsapp_event.h"
#include "gym/whatsapp_notice.h"
#include "pages/handlers.h"

#define CHALLENGE_MAX 256

static const char *verify_token = "", *app_secret = "";

void
whatsapp_open(const char *token, const char *secret)
{
	verify_token = token;
	app_secret = secret;
}

/*
 * GET /api/whatsapp/webhook?hub.mode=subscribe&hub.verify_token=...&
 * hub.challenge=... -- gives the challenge back, once, when somebody tells the
 * service of this address.  403: the token is another; 404: none is set.
 */
enum status
api_whatsapp_verify(struct req *req, struct res *res)
{
	const char *mode = http_find(&req->query, "hub.mode");
	const char *token = http_find(&req->query, "hub.verify_token");
	const char *challenge = http_find(&req->query, "hub.challenge");

	if (*verify_token == '\0')
		return HTTP_404;
	if (mode == NULL || strcmp(mode, "subscribe") != 0 || token == NULL ||
	    !text_same_secret(token, verify_token))
		return http_json_error(res, HTTP_403, "Not the verify token",
		                       NULL);
	if (challenge == NULL || !text_is_word(challenge, CHALLENGE_MAX, "-_"))
		return HTTP_400;
	res->content_type = "text/plain";
	buf_append_str(&res->body, challenge);
	return HTTP_200;
}

/* "sha256=" and the HMAC of the body, in lower case. */
static bool
is_signed(const struct req *req)
{
	const char *given = req->signature == NULL ? NULL
		: text_after(req->signature, "sha256=");
	char right[SECRET_HASH_SIZE];

	secret_hmac(app_secret, strlen(app_secret), req->body,
	            (size_t)req->body_len, right);
	return given != NULL && text_same_secret(given, right);
}

/* What is left to be done when the service has its answer. */
struct rest {
	struct db *db;
	struct whatsapp_event event;
};

static void
work_off(void *arg)
{
	const struct rest *rest = arg;

	/* what fails is logged, and the chore's */
	whatsapp_event_work(rest->db, &rest->event, clock_now_ms());
}

/*
 * POST /api/whatsapp/webhook -- what became of messages, and what members wrote,
 * as JSON signed in X-Hub-Signature-256.  Only stored before the answer, for
 * the service waits for it, and comes again for up to seven days when there is
 * none.  401: the signature is missing or wrong; 404: no secret is set.
 */
enum status
api_whatsapp_event(struct req *req, struct res *res)
{
	struct rest *rest = arena_alloc(req->arena, sizeof *rest);
	size_t len = (size_t)req->body_len;
	struct whatsapp_notices ignored;

	if (*app_secret == '\0')
		return HTTP_404;
	if (!is_signed(req))
		return http_json_error(res, HTTP_401,
		                       "The signature is not right", NULL);
	if (!whatsapp_notice_read(req->arena, req->body, len, &ignored))
		return http_json_error(res, HTTP_400,
		                       "The body is not a JSON object", NULL);
	rest->db = req->db;
	if (whatsapp_event_add(req->db, req->body, len, req->now_at,
	                       &rest->event) != DB_OK)
		return HTTP_503;
	res->after = work_off;
	res->after_arg = rest;
	return HTTP_200;
}
