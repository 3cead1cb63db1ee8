/* whatsapp_notice.c: what the service tells, read from its JSON; pure */
#include "gym/whatsapp_notice.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "gym/messaging.h"
#include "gym/whatsapp_words.h"

#define LAST_SECOND 253402300799	/* of the year 9999 */
#define DIGITS_LEAST 6		/* of what may be a telephone number */
#define DIGITS_MOST 15

/* ---- values -------------------------------------------------------------- */

static json_object *
member(json_object *of, const char *name)
{
	json_object *found = NULL;

	json_object_object_get_ex(of, name, &found);
	return found;
}

/* The members of a list, at most `most`; 0: it is none. */
static size_t
list_of(json_object *of, const char *name, size_t most, json_object **list)
{
	size_t count;

	*list = json_list(of, name);
	count = *list == NULL ? 0 : json_object_array_length(*list);
	return count < most ? count : most;
}

/* Visible ASCII of at most `most` bytes, copied; else NULL. */
static const char *
ascii_of(struct arena *a, json_object *of, const char *name, size_t most)
{
	const char *text = json_text(of, name);
	size_t len = text == NULL ? 0 : strlen(text);

	if (len == 0 || len > most)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return NULL;
	}
	return arena_strndup(a, text, len);
}

/* Seconds since 1970, as text or number, as an instant. */
static int64_t
moment_of(json_object *of)
{
	const char *text = json_text(of, "timestamp");
	int64_t second = json_number(of, "timestamp", 0);

	if (text != NULL && !text_to_int(text, 1, LAST_SECOND, &second))
		return CLOCK_NO_TIME;
	return second >= 1 && second <= LAST_SECOND ? second * 1000
		: CLOCK_NO_TIME;
}

/* Digits with the country's code in front, as E.164; "" for anything else. */
static void
number_of(json_object *of, const char *name, char out[PHONE_SIZE])
{
	const char *text = json_text(of, name);
	size_t len = text == NULL ? 0 : strlen(text);

	*out = '\0';
	if (len >= DIGITS_LEAST && len <= DIGITS_MOST && text[0] != '0' &&
	    strspn(text, "0123456789") == len)
		snprintf(out, PHONE_SIZE, "+%s", text);
}

/* ---- what an error says -------------------------------------------------- */

/* "Message undeliverable: the details", as far as it says them. */
static const char *
words_of(struct arena *a, json_object *error)
{
	const char *title = json_text(error, "title");
	const char *details = json_text(member(error, "error_data"),
	                                "details");
	char *out = arena_alloc(a, MESSAGE_ERROR_MAX + 1);

	if (title == NULL)
		title = json_text(error, "message");
	if (title != NULL && details != NULL)
		title = arena_printf(a, "%s: %s", title, details);
	else if (title == NULL)
		title = details;
	if (title == NULL)
		return NULL;
	whatsapp_words(title, NULL, out);
	return out;
}

static void
read_error(struct arena *a, json_object *from, struct whatsapp_status *s)
{
	json_object *errors, *error;

	if (list_of(from, "errors", 1, &errors) == 0)
		return;
	error = json_object_array_get_idx(errors, 0);
	s->words = words_of(a, error);
	s->code = json_number(error, "code", -1);
	s->has_code = s->code >= 0 && s->code <= INT32_MAX;
}

/* ---- what became of a message -------------------------------------------- */

static const struct {
	const char *word;
	enum message_state state;
} states[] = {
	{ "delivered", MESSAGE_DELIVERED },
	{ "failed", MESSAGE_FAILED },
	{ "read", MESSAGE_READ },
	{ "sent", MESSAGE_ACCEPTED },
};

/* There are words that do not matter here, and more may come. */
static bool
read_state(json_object *from, enum message_state *out)
{
	const char *word = json_text(from, "status");

	for (size_t i = 0; word != NULL && i < sizeof states / sizeof *states;
	     i++) {
		if (strcmp(states[i].word, word) != 0)
			continue;
		*out = states[i].state;
		return true;
	}
	return false;
}

static bool
read_status(struct arena *a, json_object *from, struct whatsapp_status *s)
{
	*s = (struct whatsapp_status){ .at = moment_of(from) };
	if (!read_state(from, &s->state))
		return false;
	s->wamid = ascii_of(a, from, "id", MESSAGE_WAMID_MAX);
	s->ref = ascii_of(a, from, "biz_opaque_callback_data",
	                  MESSAGE_REF_SIZE - 1);
	number_of(from, "recipient_id", s->to);
	if (s->state == MESSAGE_FAILED)
		read_error(a, from, s);
	return true;
}

/* ---- what somebody wrote ------------------------------------------------- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* However it is written: "*STOP*!!", with a picture behind it... */
static bool
is_stop(const char *text)
{
	static const char word[] = "STOP";
	size_t len = strlen(text);

	while (len > 0 && !is_letter(text[len - 1]))
		len--;
	while (len > 0 && !is_letter(*text)) {
		text++;
		len--;
	}
	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* Nothing else, but for blanks around it and a "." or "!". */
static bool
is_start(const char *text)
{
	static const char word[] = "START";
	size_t len = strlen(word);

	text += strspn(text, " \t\r\n");
	if (strncasecmp(text, word, len) != 0)
		return false;
	text += len;
	text += *text == '.' || *text == '!';
	return text[strspn(text, " \t\r\n")] == '\0';
}

static bool
read_word(json_object *from, struct whatsapp_word *w)
{
	const char *type = json_text(from, "type");
	const char *text = NULL;

	if (type != NULL && strcmp(type, "text") == 0)
		text = json_text(member(from, "text"), "body");
	else if (type != NULL && strcmp(type, "button") == 0)
		text = json_text(member(from, "button"), "text");
	if (text == NULL)
		return false;
	*w = (struct whatsapp_word){ .is_start = is_start(text),
	                             .at = moment_of(from) };
	number_of(from, "from", w->from);
	return *w->from != '\0' && (w->is_start || is_stop(text));
}

/* ---- all of it ----------------------------------------------------------- */

static void
read_statuses(struct arena *a, json_object *value, struct whatsapp_notice *n)
{
	json_object *list;
	size_t count = list_of(value, "statuses", WHATSAPP_NOTICE_MAX, &list);

	n->statuses = arena_alloc(a, count * sizeof *n->statuses);
	for (size_t i = 0; i < count; i++) {
		if (read_status(a, json_object_array_get_idx(list, i),
		                &n->statuses[n->status_count]))
			n->status_count++;
	}
}

static void
read_words(struct arena *a, json_object *value, struct whatsapp_notice *n)
{
	json_object *list;
	size_t count = list_of(value, "messages", WHATSAPP_NOTICE_MAX, &list);

	n->words = arena_alloc(a, count * sizeof *n->words);
	for (size_t i = 0; i < count; i++) {
		if (read_word(json_object_array_get_idx(list, i),
		              &n->words[n->word_count]))
			n->word_count++;
	}
}

/* Of a change that is about statuses or messages; false: it is another. */
static bool
read_change(struct arena *a, json_object *change, struct whatsapp_notice *n)
{
	json_object *value = member(change, "value");

	*n = (struct whatsapp_notice){ .phone_id = ascii_of(a,
		member(value, "metadata"), "phone_number_id",
		MESSAGING_PHONE_ID_MAX) };
	if (n->phone_id == NULL ||
	    !text_is_word(n->phone_id, MESSAGING_PHONE_ID_MAX, ""))
		return false;
	read_statuses(a, value, n);
	read_words(a, value, n);
	return true;
}

static void
read_entries(struct arena *a, json_object *body, struct whatsapp_notices *out)
{
	json_object *entries, *changes;
	size_t entry_count = list_of(body, "entry", WHATSAPP_NOTICE_MAX,
	                             &entries);

	out->list = arena_alloc(a, WHATSAPP_NOTICE_MAX * sizeof *out->list);
	for (size_t i = 0; i < entry_count; i++) {
		size_t count = list_of(json_object_array_get_idx(entries, i),
		                       "changes",
		                       WHATSAPP_NOTICE_MAX - out->count,
		                       &changes);

		for (size_t j = 0; j < count; j++) {
			if (read_change(a, json_object_array_get_idx(changes,
			                                             j),
			                &out->list[out->count]))
				out->count++;
		}
	}
}

bool
whatsapp_notice_read(struct arena *a, const char *body, size_t len,
                     struct whatsapp_notices *out)
{
	struct buf bytes = { .data = (char *)body, .len = len };
	json_object *json = text_is_utf8(body, len) ? json_read(&bytes) : NULL;

	*out = (struct whatsapp_notices){ 0 };
	if (json == NULL)
		return false;
	read_entries(a, json, out);
	json_object_put(json);
	return true;
}
