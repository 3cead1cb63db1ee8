/* door.c: a terminal's door: how it stands, dry run, on and off, agreeing */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/access.h"
#include "gym/device_door.h"
#include "gym/device_door_edit.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define USER_ID_MAX 24

/* The page on its way. */
struct door {
	struct req *req;
	const char *sn;
	struct device device;
	struct device_door door;
	enum word fault;	/* WORD_NONE: none */
};

static enum status
find(struct door *d, struct req *req)
{
	enum status status;

	*d = (struct door){ .req = req };
	status = asked_device(req, &d->device, &d->sn);
	return status != HTTP_200 ? status : asked_found(device_door_find(
		req->db, req->arena, req->caller.company, d->sn, &d->door));
}

static const char *
url_of(const struct door *d)
{
	return arena_printf(d->req->arena, "/devices/%s/door", d->sn);
}

static bool
is_on(const struct door *d)
{
	return d->door.enforced_at != CLOCK_NO_TIME;
}

/* ---- people -------------------------------------------------------------- */

static json_object *
present_person(struct req *req, const char *user_id, int64_t member_id,
               const char *name, bool is_hours)
{
	json_object *row = json_object_new_object();

	present_str(row, "user_text", user_id);
	present_str(row, "member_text", name);
	present_str(row, "member_url", member_id == 0 ? NULL
	            : arena_printf(req->arena, "/members/%s",
	                           choose_id_text(req, member_id)));
	present_bool(row, "is_hours", is_hours);
	return row;
}

/* "42.E 43.H": who is shown, so that nobody else is agreed to. */
static void
append_shown(struct buf *out, const struct device_door_block *b)
{
	buf_appendf(out, "%s%s.%c", out->len == 0 ? "" : " ", b->user_id,
	            b->is_hours ? 'H' : 'E');
}

static const struct {
	enum device_door_state state;
	const char *name;
} lists[] = {
	{ DEVICE_DOOR_PENDING, "pending" }, { DEVICE_DOOR_FAILED, "failed" },
	{ DEVICE_DOOR_BLOCKED, "blocked" }, { DEVICE_DOOR_BANNED, "banned" },
};

static enum status
present_list(const struct door *d, json_object *model, size_t which)
{
	struct req *req = d->req;
	json_object *list = json_object_new_object();
	json_object *rows = json_object_new_array();
	struct device_door_blocks found;
	struct buf shown = BUF_INIT;

	json_object_object_add(list, "rows", rows);
	json_object_object_add(model, lists[which].name, list);
	if (device_door_list(req->db, req->arena, req->caller.company, d->sn,
	                     lists[which].state, &found) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < found.count; i++) {
		const struct device_door_block *b = &found.rows[i];
		json_object *row = present_person(req, b->user_id,
			b->member_id, b->member, b->is_hours);

		present_instant(row, "since_text", b->since_at,
		                d->device.zone);
		present_str(row, "words_text", *b->words == '\0' ? NULL
		            : b->words);
		json_object_array_add(rows, row);
		append_shown(&shown, b);
	}
	present_bool(list, "has_rows", found.count > 0);
	present_bool(list, "is_one", found.count == 1);
	present_bool(list, "has_more", found.count == DEVICE_DOOR_BLOCKS_MAX);
	present_number(list, "shown_count_text", (int64_t)found.count);
	present_number(list, "count_text", d->door.counts[lists[which].state]);
	present_str(list, "shown", shown.data == NULL ? "" : shown.data);
	buf_finish(&shown);
	return HTTP_200;
}

/* ---- the page ------------------------------------------------------------ */

static void
present_lever(json_object *model, const struct device_door *door)
{
	present_bool(model, "is_disable", strcmp(door->lever, "DISABLE") == 0);
	present_bool(model, "is_group", strcmp(door->lever, "GROUP") == 0);
	present_bool(model, "is_zone", strcmp(door->lever, "ZONE") == 0);
	present_number(model, "lever_text", door->lever_value);
}

static void
present_door(const struct door *d, json_object *model)
{
	const struct device_door *door = &d->door;
	char ago[VIEW_TEXT_SIZE];

	present_str(model, "name_text", d->device.name);
	present_str(model, "door_url", url_of(d));
	present_bool(model, "is_exit", door->is_exit);
	present_bool(model, "is_on", is_on(d));
	present_instant(model, "on_text", door->enforced_at, d->device.zone);
	present_instant(model, "trial_text", door->trial_at, d->device.zone);
	present_number(model, "after_text", door->block_after);
	present_lever(model, door);
	present_str(model, "list_text", door->list_at == CLOCK_NO_TIME ? NULL
	            : view_ago_text(door->list_at, d->req->now_at, ago));
	present_str(model, "told_text", door->told_at == CLOCK_NO_TIME ? NULL
	            : view_ago_text(door->told_at, d->req->now_at, ago));
	present_bool(model, "is_old", device_door_is_old(door->enforced_at,
		door->list_at, d->req->now_at));
	present_str(model, "trouble_text", door->trouble);
	present_number(model, "differing_text", door->differing);
	present_bool(model, "is_differing", door->differing > 0);
	present_str(model, "unlock_url", !door->has_relay ? NULL
	            : arena_printf(d->req->arena, "/devices/%s/unlock",
	                           d->sn));
	present_str(model, "fault_text", words(d->fault));
}

static enum status
draw(struct door *d, struct res *res, enum status status)
{
	present_door(d, res->model);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (present_list(d, res->model, i) != HTTP_200)
			return HTTP_503;
	}
	return view_page(res, "door") == HTTP_200 ? status : HTTP_500;
}

/* GET /devices/:sn/door -- who is blocked, who waits, what went wrong. */
enum status
page_door(struct req *req, struct res *res)
{
	struct door d;
	enum status status = find(&d, req);

	return status == HTTP_200 ? draw(&d, res, HTTP_200) : status;
}

/* ---- dry run, on and off ------------------------------------------------- */

static void
present_changes(struct req *req, json_object *model, const char *name,
                const struct access_changes *changes)
{
	json_object *list = json_object_new_object();
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < changes->count; i++) {
		const struct access_change *c = &changes->rows[i];

		json_object_array_add(rows, present_person(req, c->user_id,
			c->member_id, c->name, c->kind == ACCESS_HOURS));
	}
	json_object_object_add(list, "rows", rows);
	present_bool(list, "has_rows", changes->count > 0);
	present_bool(list, "is_one", changes->all == 1);
	present_bool(list, "has_more", changes->all > changes->count);
	present_number(list, "count_text", (int64_t)changes->all);
	json_object_object_add(model, name, list);
}

static enum status
draw_dry(struct door *d, struct res *res, enum status status)
{
	struct req *req = d->req;
	struct access_dry_run dry;

	switch (access_dry_run(req->db, req->arena, req->caller.company,
	                       d->sn, req->now_at, &dry)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
	present_door(d, res->model);
	present_changes(req, res->model, "closed", &dry.closed);
	present_changes(req, res->model, "spared", &dry.spared);
	present_changes(req, res->model, "opened", &dry.opened);
	present_number(res->model, "users_text", (int64_t)dry.users);
	return view_page(res, "door_dry") == HTTP_200 ? status : HTTP_500;
}

/* GET /devices/:sn/door/on -- whom it would block, by name; then the button. */
enum status
page_door_on(struct req *req, struct res *res)
{
	struct door d;
	enum status status = find(&d, req);

	return status == HTTP_200 ? draw_dry(&d, res, HTTP_200) : status;
}

/* GET /devices/:sn/door/off -- is it meant? */
enum status
page_door_off(struct req *req, struct res *res)
{
	struct door d;
	enum status status = find(&d, req);

	if (status != HTTP_200)
		return status;
	present_door(&d, res->model);
	present_number(res->model, "blocked_text",
	               d.door.counts[DEVICE_DOOR_BLOCKED]);
	return view_page(res, "door_off");
}

static enum status
do_switch(struct req *req, struct res *res, bool on)
{
	const struct actor actor = asked_actor(req);
	enum device_door_fault fault;
	struct door d;
	enum status status = find(&d, req);

	if (status != HTTP_200)
		return status;
	switch (device_door_switch(req->db, req->arena, &actor, d.sn, on,
	                           &fault)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, url_of(&d));
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	if (fault == DEVICE_DOOR_FINE)
		return HTTP_404;
	d.fault = fault == DEVICE_DOOR_IS_EXIT ? WORD_DOOR_IS_EXIT
		: WORD_DOOR_NO_TRIAL;
	return draw_dry(&d, res, HTTP_422);
}

/* POST /devices/:sn/door/on -- 303 to the door; never without a trial. */
enum status
do_door_on(struct req *req, struct res *res)
{
	return do_switch(req, res, true);
}

/* POST /devices/:sn/door/off -- all whom it blocks are freed: 303. */
enum status
do_door_off(struct req *req, struct res *res)
{
	return do_switch(req, res, false);
}

/* ---- agreeing ------------------------------------------------------------ */

/* "42.E": false when it is malformed. */
static bool
read_shown(const char *word, size_t len, struct arena *a,
           struct device_door_agreed *out)
{
	if (len < 3 || word[len - 2] != '.' ||
	    (word[len - 1] != 'E' && word[len - 1] != 'H'))
		return false;
	out->user_id = arena_strndup(a, word, len - 2);
	out->is_hours = word[len - 1] == 'H';
	return text_is_word(out->user_id, USER_ID_MAX, "");
}

static size_t
read_all(struct req *req, struct device_door_agreed *list)
{
	const char *s = http_find(&req->form, "shown");
	size_t count = 0;

	while (s != NULL && *s != '\0' && count < DEVICE_DOOR_BLOCKS_MAX) {
		size_t len = strcspn(s, " ");

		if (read_shown(s, len, req->arena, &list[count]))
			count++;
		s += len + (s[len] == ' ');
	}
	return count;
}

/*
 * POST /devices/:sn/door/agree {shown} -- those who were shown may be closed,
 * though they are many at once: 303.  Where none of them waits any more, the
 * door is drawn as it is now.
 */
enum status
do_door_agree(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct device_door_agreed *list = arena_alloc(req->arena,
		DEVICE_DOOR_BLOCKS_MAX * sizeof *list);
	struct door d;
	int64_t agreed;
	enum status status = find(&d, req);

	if (status != HTTP_200)
		return status;
	switch (device_door_agree(req->db, req->arena, &actor, d.sn, list,
	                          read_all(req, list), &agreed)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
	if (agreed == 0) {
		d.fault = WORD_DOOR_NONE_WAITS;
		return draw(&d, res, HTTP_422);
	}
	feed_wake(req->caller.company);
	return http_redirect(res, url_of(&d));
}
