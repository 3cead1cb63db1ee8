/* post_judge.c: what goes to the API, and the meaning of its answers */
#include "post.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#define NOT_MAPPED "Biometric user not mapped"

/* ---- out ---------------------------------------------------------------- */

static void
put_time(struct json_object *to, const char *name, int64_t local)
{
	char when[CLOCK_TEXT_SIZE];

	clock_format(local, when);
	json_put(to, name, json_object_new_string(when));
}

/* What the article's bridge sent; all that its server knows. */
static struct json_object *
make_plain_item(const char *company, const struct spool_item *item)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "compcode", json_object_new_string(company));
	json_put(object, "user_id", json_object_new_string(item->user_id));
	json_put(object, "device_sn", json_object_new_string(item->sn));
	put_time(object, "timestamp", item->sent_local == SPOOL_NONE
	         ? item->local : item->sent_local);
	return object;
}

static struct json_object *
make_item(const char *company, const struct spool_item *item)
{
	struct json_object *object = make_plain_item(company, item);

	if (item->clock_offset != SPOOL_NONE)
		json_put(object, "clock_offset",
		    json_object_new_int64(item->clock_offset));
	if (item->sent_local != SPOOL_NONE) {
		json_put(object, "time_source", json_object_new_string("BRIDGE"));
		if (!SPOOL_HAS_OWN_KEY(item->local))
			put_time(object, "time_raw", item->local);
	}
	return object;
}

void
post_format(struct buf *to, const char *company,
            const struct spool_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_append_str(to, i == 0 ? "[" : ",\n");
		json_write(to, make_item(company, &items[i]));
	}
	buf_append_str(to, n == 0 ? "[]" : "]");
}

void
post_format_one(struct buf *to, const char *company,
                const struct spool_item *item)
{
	json_write(to, make_plain_item(company, item));
}

/* ---- in ----------------------------------------------------------------- */

/* Stored, a repeat, or not wanted, but in the API's own words. */
static bool
is_accepted(struct json_object *item)
{
	const char *access = json_text(item, "access");

	if (!json_says(item, "status", true))
		return false;
	return access == NULL ? json_text(item, "message") != NULL :
		strcmp(access, "ALLOWED") == 0 ||
		strcmp(access, "DENIED") == 0;
}

/* `unmapped`: what becomes of a punch of nobody known. */
static enum post_fate
fate_of(struct json_object *item, int code, enum post_fate unmapped)
{
	const char *message = json_text(item, "message");

	switch (code) {
	case 200:
		return is_accepted(item) ? POST_DONE : POST_WAITS;
	case 404:
		return json_says(item, "status", false) && message != NULL &&
		       strcmp(message, NOT_MAPPED) == 0
		       ? unmapped : POST_WAITS;
	case 400:
	case 403:
	case 422:
		return json_says(item, "status", false) && message != NULL
			? POST_PARKED : POST_WAITS;
	default:
		return POST_WAITS;
	}
}

static void
judge_item(struct json_object *item, int code, enum post_fate unmapped,
           struct post_verdict *v)
{
	const char *message = json_text(item, "message");

	*v = (struct post_verdict){ .status = code };
	v->fate = fate_of(item, code, unmapped);
	snprintf(v->words, sizeof v->words, "%d: %.200s", code,
	         message == NULL ? "no message" : message);
}

/* The results, when there is one for each item. */
static struct json_object *
results_of(struct json_object *root, size_t n)
{
	struct json_object *list = json_list(root, "results");

	return json_says(root, "status", true) && list != NULL &&
	       json_object_array_length(list) == n ? list : NULL;
}

/* Why nothing is settled; a refusal in the API's own form says it itself. */
static void
explain(const struct fetch_answer *a, struct json_object *root, char *why,
        size_t size)
{
	const char *message = root == NULL ? NULL : json_text(root, "message");

	if (a->outcome != FETCH_ANSWERED)
		snprintf(why, size, "%s", a->words);
	else if (message != NULL)
		snprintf(why, size, "the server answers %d: %.200s",
		         a->status, message);
	else if (a->status >= 300)
		snprintf(why, size, "the server answers %d", a->status);
	else
		snprintf(why, size, "something else than the API answers "
		         "(%d, %s): a captive portal, or a wrong 'url'?",
		         a->status, a->type[0] == '\0' ? "no type" : a->type);
}

static enum post_outcome
judge_results(struct json_object *list, size_t n,
              struct post_verdict *verdicts, char *why, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		verdicts[i] = (struct post_verdict){ .fate = POST_WAITS };
		if (json_object_is_type(item, json_type_object))
			judge_item(item, (int)json_number(item, "code", 0), POST_DONE,
			           &verdicts[i]);
		if (verdicts[i].fate == POST_WAITS && why[0] == '\0')
			snprintf(why, size, "the server does not settle an "
			         "item (%.220s)", verdicts[i].words);
	}
	return POST_SETTLED;
}

/* The answer's JSON object, or NULL: then nothing that was asked answers. */
static struct json_object *
open_answer(const struct fetch_answer *a)
{
	return a->outcome == FETCH_ANSWERED &&
	       strcmp(a->type, "application/json") == 0
	       ? json_read(&a->body) : NULL;
}

enum post_outcome
post_judge(const struct fetch_answer *a, size_t n,
           struct post_verdict *verdicts, char *why, size_t size)
{
	struct json_object *root = open_answer(a), *list;
	enum post_outcome outcome = POST_LATER;

	why[0] = '\0';
	list = root != NULL && a->status == 200 ? results_of(root, n) : NULL;
	if (list != NULL)
		outcome = judge_results(list, n, verdicts, why, size);
	else
		explain(a, root, why, size);
	json_object_put(root);
	return a->outcome == FETCH_ANSWERED && a->status == 413
		? POST_TOO_LARGE : outcome;
}

enum post_outcome
post_judge_one(const struct fetch_answer *a, struct post_verdict *verdict,
               char *why, size_t size)
{
	struct json_object *root = open_answer(a);

	why[0] = '\0';
	*verdict = (struct post_verdict){ .fate = POST_WAITS };
	if (root != NULL)
		judge_item(root, a->status, POST_PARKED, verdict);
	if (verdict->fate == POST_WAITS)
		explain(a, root, why, size);
	json_object_put(root);
	return verdict->fate == POST_WAITS ? POST_LATER : POST_SETTLED;
}
