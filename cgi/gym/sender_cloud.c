/* sender_cloud.c: the WhatsApp Cloud API: a message as JSON, an answer's meaning */
#include "gym/sender_inside.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/whatsapp_words.h"

#define ANSWER_MOST (64 * 1024)
#define TOO_MANY 130429		/* what an error 429 without words means */

/* ---- the request --------------------------------------------------------- */

static json_object *
text_object(const char *name, const char *text)
{
	json_object *o = json_object_new_object();

	json_put(o, name, json_object_new_string(text));
	return o;
}

static json_object *
parameters(const struct sender_message *m)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < m->fields.count; i++) {
		enum message_field field = m->fields.list[i];
		json_object *p = text_object("type", "text");

		if (m->is_named)
			json_put(p, "parameter_name", json_object_new_string(
				message_field_word(field)));
		json_put(p, "text", json_object_new_string(m->values[field]));
		json_object_array_add(list, p);
	}
	return list;
}

static json_object *
template(const struct sender_message *m)
{
	json_object *t = text_object("name", m->template);
	json_object *body, *list;

	json_put(t, "language", text_object("code", m->language));
	if (m->fields.count == 0)
		return t;
	body = text_object("type", "body");
	json_put(body, "parameters", parameters(m));
	list = json_object_new_array();
	json_object_array_add(list, body);
	json_put(t, "components", list);
	return t;
}

void
sender_cloud_write(const struct sender_message *m, struct buf *out)
{
	json_object *o = text_object("messaging_product", "whatsapp");

	json_put(o, "recipient_type", json_object_new_string("individual"));
	json_put(o, "to", json_object_new_string(m->to + (m->to[0] == '+')));
	json_put(o, "type", json_object_new_string("template"));
	json_put(o, "template", template(m));
	json_put(o, "biz_opaque_callback_data", json_object_new_string(m->ref));
	json_write(out, o);
}

/* ---- the answer ---------------------------------------------------------- */

/* The id of the message that was accepted, or NULL. */
static const char *
find_id(json_object *body)
{
	json_object *list = json_list(body, "messages");
	json_object *first = list == NULL ? NULL
		: json_object_array_get_idx(list, 0);
	const char *id = json_object_is_type(first, json_type_object)
		? json_text(first, "id") : NULL;

	return id != NULL && *id != '\0' && strlen(id) <= MESSAGE_WAMID_MAX &&
	       text_is_word(id, MESSAGE_WAMID_MAX, ".-_=+/:") ? id : NULL;
}

/* "message: details", where the error says both. */
static void
set_error_words(struct sender_answer *out, json_object *error,
                const char *token)
{
	const char *message = json_text(error, "message");
	json_object *data = json_object_object_get(error, "error_data");
	const char *details = json_object_is_type(data, json_type_object)
		? json_text(data, "details") : NULL;
	struct buf b = BUF_INIT;

	buf_appendf(&b, "%s%s%s", message == NULL ? "" : message,
	            message == NULL || details == NULL ? "" : ": ",
	            details == NULL ? "" : details);
	whatsapp_words(b.data, token, out->words);
	buf_finish(&b);
}

/* An error with a code?  Then the service has not taken it. */
static bool
judge_error(json_object *body, const char *token, struct sender_answer *out)
{
	json_object *error = json_object_object_get(body, "error");

	if (!json_object_is_type(error, json_type_object))
		return false;
	out->code = json_number(error, "code", -1);
	if (out->code < 0)
		return false;
	out->outcome = SENDER_REFUSED;
	set_error_words(out, error, token);
	return true;
}

static void
judge_status(int status, struct sender_answer *out)
{
	bool is_refused = status == 429;

	out->code = is_refused ? TOO_MANY : 0;
	out->outcome = is_refused ? SENDER_REFUSED
		: status >= 300 && status < 500 ? SENDER_NOT_SENT
		: SENDER_UNKNOWN;
	snprintf(out->words, sizeof out->words,
	         "status %d, without words of the service", status);
}

/* It is whole, whatever it says. */
static void
judge_answer(const struct fetch_answer *a, const char *token,
             struct sender_answer *out)
{
	json_object *body = json_read(&a->body);
	const char *id = body == NULL ? NULL : find_id(body);

	if (id != NULL && a->status >= 200 && a->status < 300) {
		out->outcome = SENDER_ACCEPTED;
		text_copy(out->wamid, sizeof out->wamid, id);
	} else if (body == NULL || !judge_error(body, token, out)) {
		judge_status(a->status, out);
	}
	json_object_put(body);
}

void
sender_cloud_judge(const struct fetch_answer *a, const char *token,
                   struct sender_answer *out)
{
	*out = (struct sender_answer){ .outcome = SENDER_UNKNOWN };
	if (a->outcome == FETCH_ANSWERED) {
		judge_answer(a, token, out);
		return;
	}
	if (!a->is_sent)
		out->outcome = SENDER_NOT_SENT;
	whatsapp_words(a->words, token, out->words);
}

/* ---- sending ------------------------------------------------------------- */

static void
send_to(struct sender *s, const struct sender_account *account,
        const struct sender_message *m, struct sender_answer *out)
{
	struct fetch_answer answer = FETCH_ANSWER_INIT;
	struct buf url = BUF_INIT, body = BUF_INIT;
	struct fetch_request r = {
		.method = "POST", .bearer = account->token,
		.type = "application/json", .timeout_ms = SENDER_TIMEOUT_MS,
		.most_bytes = ANSWER_MOST, .once = true,
		.ca_file = *account->ca_file == '\0' ? NULL : account->ca_file,
	};

	if (account->token == NULL) {
		*out = (struct sender_answer){ .outcome = SENDER_NOT_SENT,
		                               .words = "there is no token" };
		return;
	}
	buf_appendf(&url, "%s/%s/%s/messages", account->url, account->version,
	            account->phone_id);
	sender_cloud_write(m, &body);
	r.url = url.data;
	r.body = body.data;
	r.len = body.len;
	fetch_do(s->fetch, &r, &answer);
	sender_cloud_judge(&answer, account->token, out);
	fetch_answer_finish(&answer);
	buf_finish(&url);
	buf_finish(&body);
}

const struct sender_type sender_cloud = { "CLOUD", NULL, send_to };
