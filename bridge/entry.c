/* entry.c: the list of who may enter at a terminal, and when; pure */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

/* ---- reading it --------------------------------------------------------- */

/* "2026-11-26 10:00:00": no offset, for it is the wall of the branch. */
static bool
read_local(const char *text, int64_t *out)
{
	bool has_offset;
	int offset_s;

	return text != NULL &&
	       clock_parse(text, out, &has_offset, &offset_s) && !has_offset;
}

/* Null when it is off; else an instant, to the second. */
static bool
read_enforced(struct json_object *root, int64_t *out)
{
	struct json_object *value;
	const char *text = json_text(root, "enforced");
	bool has_offset;
	int offset_s;
	int64_t local;

	*out = CLOCK_NO_TIME;
	if (!json_object_object_get_ex(root, "enforced", &value))
		return false;
	if (value == NULL)
		return true;
	if (text == NULL ||
	    !clock_parse(text, &local, &has_offset, &offset_s) || !has_offset)
		return false;
	*out = (local - offset_s) * 1000;
	return true;
}

static bool
read_lever(struct json_object *root, struct lever *out)
{
	static const char *const names[] = {
		[LEVER_DISABLE] = "DISABLE",
		[LEVER_GROUP] = "GROUP",
		[LEVER_ZONE] = "ZONE",
	};
	const char *name = json_text(root, "lever");
	int64_t value = json_number(root, "lever_value", 0);

	if (name == NULL || value < 0 || value > 100)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(name, names[i]) == 0) {
			out->kind = (enum lever_kind)i;
			out->value = (int)value;
			return out->kind == LEVER_DISABLE || value > 0;
		}
	}
	return false;
}

static bool
read_head(struct json_object *root, struct entry_list *out)
{
	const char *zone = json_text(root, "zone");

	return json_says(root, "status", true) && zone != NULL &&
	       text_copy(out->zone, sizeof out->zone, zone) &&
	       clock_zone_valid(out->zone) &&
	       read_local(json_text(root, "now"), &out->now_local) &&
	       read_local(json_text(root, "until"), &out->until_local) &&
	       out->until_local >= out->now_local &&
	       read_enforced(root, &out->enforced_at) &&
	       read_lever(root, &out->lever);
}

static bool
read_edge(struct json_object *pair, size_t i, int64_t *out)
{
	struct json_object *edge = json_object_array_get_idx(pair, i);

	return json_object_is_type(edge, json_type_string) &&
	       read_local(json_object_get_string(edge), out);
}

static bool
read_window(struct json_object *pair, struct entry_window *out)
{
	return json_object_is_type(pair, json_type_array) &&
	       json_object_array_length(pair) == 2 &&
	       read_edge(pair, 0, &out->from_local) &&
	       read_edge(pair, 1, &out->to_local) &&
	       out->from_local < out->to_local;
}

/* Its windows are put behind those of the others, for whom there is room. */
static bool
read_windows(struct json_object *from, struct entry_list *out,
             struct entry_user *user)
{
	struct json_object *list = json_list(from, "windows");
	struct entry_window *mine = &out->windows[out->window_count];

	user->first = out->window_count;
	if (list == NULL)
		return false;
	user->count = json_object_array_length(list);
	for (size_t i = 0; i < user->count; i++) {
		if (!read_window(json_object_array_get_idx(list, i), &mine[i]))
			return false;
		if (i > 0 && mine[i].from_local <= mine[i - 1].to_local)
			return false;
	}
	out->window_count += user->count;
	return true;
}

static bool
read_user(struct json_object *from, struct entry_list *out)
{
	struct entry_user *user = &out->users[out->user_count];
	const char *id = json_text(from, "user_id");

	if (id == NULL || !text_is_word(id, ZK_USER_ID_MAX, "") ||
	    !text_copy(user->user_id, sizeof user->user_id, id) ||
	    !read_windows(from, out, user))
		return false;
	user->spared = json_says(from, "spared", true);
	user->approved = json_says(from, "approved", true);
	user->blocked = json_says(from, "blocked", true);
	out->user_count++;
	return true;
}

static int
by_user_id(const void *a, const void *b)
{
	const struct entry_user *x = a, *y = b;

	return strcmp(x->user_id, y->user_id);
}

/* Windows of all users; false when one has more than can be. */
static bool
count_windows(struct json_object *list, size_t *total)
{
	size_t count = json_object_array_length(list);

	*total = 0;
	for (size_t i = 0; i < count; i++) {
		struct json_object *user, *windows;

		user = json_object_array_get_idx(list, i);
		if (!json_object_is_type(user, json_type_object))
			return false;
		windows = json_list(user, "windows");
		if (windows == NULL || json_object_array_length(windows) >
		                       ENTRY_WINDOWS_MAX)
			return false;
		*total += json_object_array_length(windows);
	}
	return true;
}

static bool
read_users(struct json_object *root, struct entry_list *out)
{
	struct json_object *list = json_list(root, "users");
	size_t count = list == NULL ? 0 : json_object_array_length(list);
	size_t windows;

	if (list == NULL || count > ENTRY_USERS_MAX ||
	    !count_windows(list, &windows))
		return false;
	out->users = calloc(count + 1, sizeof *out->users);
	out->windows = calloc(windows + 1, sizeof *out->windows);
	if (out->users == NULL || out->windows == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!read_user(json_object_array_get_idx(list, i), out))
			return false;
	}
	qsort(out->users, count, sizeof *out->users, by_user_id);
	for (size_t i = 1; i < count; i++) {
		if (by_user_id(&out->users[i - 1], &out->users[i]) == 0)
			return false;	/* which of the two is right? */
	}
	return true;
}

bool
entry_read(const struct buf *body, struct entry_list *out)
{
	struct json_object *root = json_read(body);
	bool ok;

	memset(out, 0, sizeof *out);
	ok = root != NULL && read_head(root, out) && read_users(root, out);
	json_object_put(root);
	if (!ok)
		entry_finish(out);
	return ok;
}

void
entry_finish(struct entry_list *list)
{
	free(list->users);
	free(list->windows);
	memset(list, 0, sizeof *list);
	list->enforced_at = CLOCK_NO_TIME;
}

/* ---- what it says ------------------------------------------------------- */

const struct entry_user *
entry_find(const struct entry_list *list, const char *user_id)
{
	struct entry_user key = { .user_id = "" };

	if (list->user_count == 0 ||
	    !text_copy(key.user_id, sizeof key.user_id, user_id))
		return NULL;
	return bsearch(&key, list->users, list->user_count,
	               sizeof *list->users, by_user_id);
}

bool
entry_is_open(const struct entry_list *list, const struct entry_user *user,
               int64_t local)
{
	const struct entry_window *w = &list->windows[user->first];

	for (size_t i = 0; i < user->count; i++) {
		if (local >= w[i].from_local && local < w[i].to_local)
			return true;
	}
	return user->spared;
}

enum entry_kind
entry_kind(const struct entry_list *list, const struct entry_user *user,
            int64_t local)
{
	const struct entry_window *w = &list->windows[user->first];

	return user->count > 0 && w[user->count - 1].from_local > local
	       ? ENTRY_HOURS : ENTRY_ENDED;
}

/* By a list that is old: has it ended for good, whatever came since? */
static bool
has_ended(const struct entry_list *list, const struct entry_user *user,
          int64_t local)
{
	const struct entry_window *w = &list->windows[user->first];

	return entry_kind(list, user, local) == ENTRY_ENDED &&
		(user->count == 0 || w[user->count - 1].to_local <=
		                     list->until_local - ENTRY_FOR_GOOD_S);
}

bool
entry_may_close(const struct entry_list *list, const struct entry_user *user,
                 int64_t local, enum entry_trust trust)
{
	if (trust == ENTRY_NO_CLOCK || list->enforced_at == CLOCK_NO_TIME ||
	    local < list->now_local || local >= list->until_local ||
	    entry_is_open(list, user, local))
		return false;
	return trust == ENTRY_KNOWN || has_ended(list, user, local);
}

static void
keep_first_after(int64_t local, int64_t edge, int64_t *first)
{
	if (edge > local && (*first == CLOCK_NO_TIME || edge < *first))
		*first = edge;
}

int64_t
entry_next_change(const struct entry_list *list, int64_t local)
{
	int64_t first = CLOCK_NO_TIME;

	for (size_t i = 0; i < list->window_count; i++) {
		keep_first_after(local, list->windows[i].from_local, &first);
		keep_first_after(local, list->windows[i].to_local, &first);
	}
	keep_first_after(local, list->until_local, &first);
	return first;
}
