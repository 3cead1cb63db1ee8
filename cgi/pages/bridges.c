/* bridges.c: the event streams of bridges, for the live hub */
#include "pages/bridges.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/command.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/token.h"
#include "pages/guard.h"

#define LOOK_EVERY_MS 2000	/* at a terminal that nobody woke us for */
#define RECHECK_MS 20000	/* of the token of each stream */
#define STREAMS_MAX 4		/* of a terminal: a bridge has one */

/* A terminal that somebody listens to. */
struct door {
	struct door *next;
	char company[COMPANY_CODE_MAX + 1], sn[DEVICE_SN_MAX + 1];
	struct listener *listeners;	/* the newest first */
	char *signs;			/* as device_signs gave them last */
	bool is_woken;
	int64_t look_due;		/* clock_mono_ms */
};

/* One stream; hangs at stream_viewer.data. */
struct listener {
	struct stream_viewer *viewer;
	struct listener *next, **link;
	char token_hash[SECRET_HASH_SIZE];
	int64_t recheck_due;		/* clock_mono_ms */
	int64_t told_id;		/* the last command that was sent */
};

struct bridges {
	struct db *db;
	struct door *doors;
};

static void *
allocate(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		log_die("out of memory");
	return p;
}

struct bridges *
bridges_create(struct db *db)
{
	struct bridges *b = allocate(sizeof *b);

	b->db = db;
	return b;
}

static void
free_door(struct door *d)
{
	free(d->signs);
	free(d);
}

void
bridges_destroy(struct bridges *b)
{
	if (b == NULL)
		return;
	while (b->doors != NULL) {
		struct door *d = b->doors;

		b->doors = d->next;
		free_door(d);
	}
	free(b);
}

/* ---- who listens --------------------------------------------------------- */

static struct door *
find_door(struct bridges *b, const char *company, const char *sn)
{
	struct door *d;

	for (d = b->doors; d != NULL; d = d->next) {
		if (strcmp(d->sn, sn) == 0 && strcmp(d->company, company) == 0)
			return d;
	}
	d = allocate(sizeof *d);
	if (!text_copy(d->company, sizeof d->company, company) ||
	    !text_copy(d->sn, sizeof d->sn, sn))
		log_die("a code or serial is too long");
	d->next = b->doors;
	b->doors = d;
	return d;
}

static void
closed(struct stream_viewer *v)
{
	struct listener *l = v->data;

	*l->link = l->next;
	if (l->next != NULL)
		l->next->link = l->link;
	free(l);
}

static void
close_all(struct door *d)
{
	while (d->listeners != NULL)
		stream_close(d->listeners->viewer);
}

/* A terminal that nobody listens to any more is forgotten. */
static void
drop_empty(struct bridges *b)
{
	struct door **link = &b->doors;

	while (*link != NULL) {
		struct door *d = *link;

		if (d->listeners != NULL) {
			link = &d->next;
			continue;
		}
		*link = d->next;
		free_door(d);
	}
}

/* A bridge that comes again leaves streams behind that nobody reads. */
static void
make_room(struct door *d)
{
	struct listener *oldest = NULL;
	int count = 0;

	for (struct listener *l = d->listeners; l != NULL; l = l->next) {
		oldest = l;
		count++;
	}
	if (count >= STREAMS_MAX)
		stream_close(oldest->viewer);
}

static void
add_listener(struct door *d, struct stream_viewer *v, const char *token_hash)
{
	struct listener *l = allocate(sizeof *l);

	text_copy(l->token_hash, sizeof l->token_hash, token_hash);
	l->viewer = v;
	l->recheck_due = clock_mono_ms() + RECHECK_MS;
	l->next = d->listeners;
	l->link = &d->listeners;
	if (l->next != NULL)
		l->next->link = &l->next;
	d->listeners = l;
	v->data = l;
	v->closed = closed;
}

/* ---- what has changed ---------------------------------------------------- */

static void
tell_access(struct door *d)
{
	struct buf event = BUF_INIT;
	struct listener *next;

	stream_encode(&event, "access", "");
	for (struct listener *l = d->listeners; l != NULL; l = next) {
		next = l->next;
		stream_send(l->viewer, &event);
	}
	buf_finish(&event);
}

static json_object *
command_json(const struct command *c, int64_t now_at)
{
	json_object *json = json_object_new_object();

	json_object_object_add(json, "id", json_object_new_int64(c->id));
	json_object_object_add(json, "kind", json_object_new_string(c->kind));
	if (c->user_id != NULL)
		json_object_object_add(json, "user_id",
		                       json_object_new_string(c->user_id));
	else
		json_object_object_add(json, "seconds",
		                       json_object_new_int64(c->seconds));
	json_object_object_add(json, "expires_ms",
	                       json_object_new_int64(c->expires_at - now_at));
	return json;
}

/* Those behind `*told_id`, which then is the last of them. */
static void
encode_commands(struct buf *out, const struct command_list *list,
                int64_t *told_id, int64_t now_at)
{
	for (size_t i = 0; i < list->count; i++) {
		json_object *json;

		if (list->rows[i].id <= *told_id)
			continue;
		*told_id = list->rows[i].id;
		json = command_json(&list->rows[i], now_at);
		stream_encode(out, "command", json_object_to_json_string_ext(
		              json, JSON_C_TO_STRING_PLAIN));
		json_object_put(json);
	}
}

/* Each once to each stream: ids of a terminal are given one after another. */
static void
tell_commands(struct bridges *b, struct door *d, struct arena *arena)
{
	int64_t now_at = clock_now_ms();
	struct command_list list;
	struct listener *next;

	if (command_waiting(b->db, arena, d->company, d->sn, now_at, &list) !=
	    DB_OK)
		return;
	for (struct listener *l = d->listeners; l != NULL; l = next) {
		struct buf events = BUF_INIT;

		next = l->next;
		encode_commands(&events, &list, &l->told_id, now_at);
		if (events.len > 0)
			stream_send(l->viewer, &events);
		buf_finish(&events);
	}
}

/* Whoever listens is told when the signs are not what they were. */
static void
compare(struct door *d, const char *signs)
{
	bool is_known = d->signs != NULL;

	d->look_due = clock_mono_ms() + LOOK_EVERY_MS;
	if (is_known && strcmp(d->signs, signs) == 0)
		return;
	free(d->signs);
	d->signs = strdup(signs);
	if (d->signs == NULL)
		log_die("out of memory");
	if (is_known)
		tell_access(d);
}

/* One look; a terminal that is not the company's any more is let go. */
static void
look(struct bridges *b, struct door *d, struct arena *arena)
{
	const char *signs;

	d->is_woken = false;
	d->look_due = clock_mono_ms() + LOOK_EVERY_MS;
	switch (device_signs(b->db, arena, d->company, d->sn, &signs)) {
	case DB_OK:
		compare(d, signs);
		tell_commands(b, d, arena);
		break;
	case DB_NONE:
		close_all(d);
		break;
	default:
		break;		/* made good with the next look */
	}
}

static void
look_at(struct bridges *b, bool only_woken)
{
	int64_t now = clock_mono_ms();
	struct arena *arena = NULL;

	drop_empty(b);
	for (struct door *d = b->doors; d != NULL; d = d->next) {
		if (!d->is_woken && (only_woken || d->look_due > now))
			continue;
		if (arena == NULL)
			arena = arena_create();
		look(b, d, arena);
		arena_reset(arena);
	}
	arena_destroy(arena);
}

static void
recheck_due(struct bridges *b, struct door *d)
{
	int64_t now = clock_mono_ms();
	struct listener *next;

	for (struct listener *l = d->listeners; l != NULL; l = next) {
		struct arena *arena;
		struct token token;

		next = l->next;
		if (l->recheck_due > now)
			continue;
		l->recheck_due = now + RECHECK_MS;
		arena = arena_create();
		if (token_find(b->db, arena, l->token_hash, &token) == DB_NONE)
			stream_close(l->viewer);
		arena_destroy(arena);
	}
}

void
bridges_woken(struct bridges *b, const char *company)
{
	for (struct door *d = b->doors; d != NULL; d = d->next) {
		if (strcmp(d->company, company) == 0)
			d->is_woken = true;
	}
}

void
bridges_settled(struct bridges *b)
{
	look_at(b, true);
}

void
bridges_tick(struct bridges *b)
{
	for (struct door *d = b->doors; d != NULL; d = d->next)
		recheck_due(b, d);
	look_at(b, false);
}

/* ---- who may listen ------------------------------------------------------ */

/* The SN of /api/devices/SN/events, or NULL. */
static const char *
serial_of(struct req *req)
{
	const char *sn = text_after(req->path, "/api/devices/");
	size_t len = sn == NULL ? 0 : strcspn(sn, "/");

	if (len == 0 || strcmp(sn + len, "/events") != 0)
		return NULL;
	return arena_strndup(req->arena, sn, len);
}

/* The token and the terminal, and that they belong together now. */
static enum status
admit_listener(struct bridges *b, struct req *req, struct res *res,
               char token_hash[SECRET_HASH_SIZE], struct door **door)
{
	const char *sn = serial_of(req), *company, *signs;
	struct token token;
	enum db_result rc;

	if (sn == NULL)
		return HTTP_404;
	if (req->method != HTTP_GET) {
		http_header(res, "Allow", "GET");
		return HTTP_405;
	}
	if (!guard_token_hash(req, token_hash, &company))
		return HTTP_401;
	rc = token_find(b->db, req->arena, token_hash, &token);
	if (rc != DB_OK)
		return rc == DB_NONE ? HTTP_401 : HTTP_503;
	rc = DB_NONE;
	if (text_is_word(sn, DEVICE_SN_MAX, "-_.") &&
	    (token.device_sn == NULL || strcmp(token.device_sn, sn) == 0))
		rc = device_signs(b->db, req->arena, token.company, sn,
		                  &signs);
	if (rc == DB_NONE)
		return http_json_error(res, HTTP_403,
		                       "Not a terminal of this token", NULL);
	if (rc != DB_OK)
		return HTTP_503;
	*door = find_door(b, token.company, sn);
	compare(*door, signs);
	return HTTP_200;
}

enum status
bridges_asked(struct bridges *b, struct req *req, struct res *res,
              struct stream_viewer *v)
{
	char token_hash[SECRET_HASH_SIZE];
	struct door *door = NULL;
	enum status status = admit_listener(b, req, res, token_hash, &door);

	if (status != HTTP_200)
		return status;
	make_room(door);
	add_listener(door, v, token_hash);
	/* whatever it knows, it may have changed while nobody told it */
	stream_encode(&res->body, "access", "");
	door->is_woken = true;	/* commands that wait: with the next look */
	return HTTP_200;
}
