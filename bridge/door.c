/* door.c: lists and orders in, reports and results out: the server's side */
#include "door_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

struct door *
door_create(const char *name, const struct door_world *world)
{
	struct door *d = calloc(1, sizeof *d);

	if (d == NULL)
		log_die("out of memory");
	d->name = name;
	d->world = *world;
	d->told_at = SPOOL_NONE;
	d->next_local = CLOCK_NO_TIME;
	d->list.enforced_at = CLOCK_NO_TIME;
	pthread_mutex_init(&d->lock, NULL);
	return d;
}

void
door_destroy(struct door *d)
{
	if (d == NULL)
		return;
	entry_finish(&d->list);
	free(d->stand.users);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

/* ---- the list ----------------------------------------------------------- */

bool
door_etag(struct door *d, int64_t terminal, char etag[SPOOL_ETAG_MAX + 1])
{
	struct spool_door known;
	bool found = spool_door_load(d->world.spool, terminal, &known, NULL);

	text_copy(etag, SPOOL_ETAG_MAX + 1, known.etag);
	return found;
}

/*
 * A spool that has never seen this door is a new one: what the server knows
 * as closed by a bridge was closed by the one before.  What they were is lost:
 * see lever_open().
 */
static bool
adopt(struct door *d, int64_t terminal, const struct entry_list *list)
{
	bool ok = true;

	for (size_t i = 0; i < list->user_count && ok; i++) {
		struct spool_block block = { .trial_until = SPOOL_NONE,
			.kind = (int64_t)list->lever.kind,
			.value = list->lever.value };

		if (!list->users[i].blocked)
			continue;
		text_copy(block.user_id, sizeof block.user_id,
		          list->users[i].user_id);
		ok = spool_block_save(d->world.spool, terminal, &block);
	}
	return ok;
}

/* What has been freed at the bridge stays so until it is switched on anew. */
static bool
stays_released(const struct spool_door *known, struct buf *old,
               const struct entry_list *list)
{
	struct entry_list before;
	bool same;

	if (!known->is_released)
		return false;
	same = entry_read(old, &before) &&
		before.enforced_at == list->enforced_at;
	entry_finish(&before);
	return same;
}

static void
note_answer(struct door *d, int64_t server_at, bool has_list)
{
	pthread_mutex_lock(&d->lock);
	d->told_at = server_at;
	d->told_mono = clock_mono_ms();
	d->has_answer = true;
	d->has_list = d->has_list || has_list;
	pthread_mutex_unlock(&d->lock);
	d->world.on_work(d->world.arg);
}

bool
door_take_list(struct door *d, int64_t terminal, const char *etag,
               const struct buf *body, int64_t server_at)
{
	struct spool_door known;
	struct entry_list list;
	struct buf old = BUF_INIT;
	bool found = spool_door_load(d->world.spool, terminal, &known, &old);
	bool ok = entry_read(body, &list);

	if (!ok)
		log_warn("%s: the server's list of who may enter makes no "
		         "sense: the last one goes on", d->name);
	if (ok && !found)
		ok = adopt(d, terminal, &list);
	if (ok) {
		known.is_released = found &&
			stays_released(&known, &old, &list);
		known.current_at = clock_now_ms();
		known.server_at = server_at;
		ok = text_copy(known.etag, sizeof known.etag, etag) &&
			spool_door_save(d->world.spool, terminal, &known,
			                body);
	}
	entry_finish(&list);
	buf_finish(&old);
	if (ok)
		note_answer(d, server_at, true);
	return ok;
}

void
door_list_holds(struct door *d, int64_t terminal, int64_t server_at)
{
	spool_door_current(d->world.spool, terminal, clock_now_ms(),
	                   server_at);
	note_answer(d, server_at, false);
}

/* ---- orders ------------------------------------------------------------- */

static bool
read_kind(const char *word, enum door_order_kind *out)
{
	static const char *const words[] = { "unlock", "block", "free" };

	for (size_t i = 0; word != NULL && i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum door_order_kind)i;
			return true;
		}
	}
	return false;
}

static bool
read_order(const char *data, struct door_order *out)
{
	struct buf text = BUF_INIT;
	struct json_object *root;
	const char *user;
	int64_t expires_ms;
	bool ok;

	buf_append_str(&text, data);
	root = json_read(&text);
	buf_finish(&text);
	if (root == NULL)
		return false;
	*out = (struct door_order){ .id = json_number(root, "id", 0),
		.seconds = json_number(root, "seconds", 5) };
	user = json_text(root, "user_id");
	expires_ms = json_number(root, "expires_ms", 0);
	ok = out->id > 0 && read_kind(json_text(root, "kind"), &out->kind) &&
		expires_ms > 0 && expires_ms <= 60000 &&
		out->seconds >= 1 && out->seconds <= 255 &&
		(out->kind == DOOR_UNLOCK || (user != NULL &&
		 text_is_word(user, SPOOL_USER_MAX, "") &&
		 text_copy(out->user_id, sizeof out->user_id, user)));
	if (ok)
		out->deadline = clock_mono_ms() + expires_ms;
	json_object_put(root);
	return ok;
}

static bool
is_known(const struct door *d, int64_t id)
{
	for (size_t i = 0; i < DOOR_KNOWN; i++) {
		if (d->known[i] == id)
			return true;
	}
	return false;
}

bool
door_take_order(struct door *d, const char *data)
{
	struct door_result refusal = {
		.words = "the bridge has no connection to the terminal",
		.templates_before = SPOOL_NONE, .templates_after = SPOOL_NONE,
	};
	struct door_order order;
	bool is_new, is_taken = false;

	if (!read_order(data, &order)) {
		log_warn("%s: an order that makes no sense", d->name);
		return false;
	}
	refusal.id = order.id;
	pthread_mutex_lock(&d->lock);
	is_new = !is_known(d, order.id);
	if (is_new) {
		d->known[d->known_next] = order.id;
		d->known_next = (d->known_next + 1) % DOOR_KNOWN;
		is_taken = d->is_connected && d->order_count < DOOR_ORDERS;
	}
	if (is_taken)
		d->orders[d->order_count++] = order;
	pthread_mutex_unlock(&d->lock);
	if (is_taken)
		d->world.on_work(d->world.arg);
	else if (is_new)
		door_inside_settle(d, &refusal);
	return is_new;
}

void
door_inside_settle(struct door *d, const struct door_result *result)
{
	log_info("%s: order %lld %s%s", d->name, (long long)result->id,
	         result->is_done ? "done" : "failed: ", result->words);
	door_return_result(d, result);
	d->world.on_news(d->world.arg);
}

/* The oldest gives way: nobody waits for it any more. */
void
door_return_result(struct door *d, const struct door_result *result)
{
	pthread_mutex_lock(&d->lock);
	if (d->result_count == DOOR_ORDERS)
		memmove(d->results, d->results + 1,
		        --d->result_count * sizeof *d->results);
	d->results[d->result_count++] = *result;
	pthread_mutex_unlock(&d->lock);
}

bool
door_take_result(struct door *d, struct door_result *out)
{
	bool found;

	pthread_mutex_lock(&d->lock);
	found = d->result_count > 0;
	if (found) {
		*out = d->results[0];
		memmove(d->results, d->results + 1,
		        --d->result_count * sizeof *d->results);
	}
	pthread_mutex_unlock(&d->lock);
	return found;
}

/* ---- the report --------------------------------------------------------- */

static struct json_object *
users_json(const struct door_stand *stand)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < stand->user_count; i++) {
		const struct door_user *user = &stand->users[i];
		struct json_object *one = json_object_new_object();

		json_put_text(one, "user_id", user->user_id);
		json_put_text(one, "state", user->state);
		json_put_text(one, "kind", user->kind);
		json_object_array_add(list, one);
	}
	return list;
}

bool
door_report(struct door *d, struct buf *to, bool *changed)
{
	struct json_object *root = json_object_new_object();
	bool is_known;

	pthread_mutex_lock(&d->lock);
	is_known = d->stand.is_known;
	*changed = d->is_changed;
	d->is_changed = false;
	json_put(root, "enforced",
	         json_object_new_boolean(d->stand.is_enforced));
	json_put_number(root, "differing", d->stand.differing);
	json_put_words(root, "trouble", d->stand.trouble, DOOR_WORDS_MAX);
	if (d->told_at != SPOOL_NONE)
		json_put_number(root, "list_ago",
		                (clock_mono_ms() - d->told_mono) / 1000);
	json_put(root, "users", users_json(&d->stand));
	pthread_mutex_unlock(&d->lock);
	if (is_known)
		json_write(to, root);
	else
		json_object_put(root);
	return is_known;
}
