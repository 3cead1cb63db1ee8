/* hub.c: what the live hub sends, and to whom */
#include "pages/hub.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/company.h"
#include "gym/feed.h"
#include "gym/session.h"
#include "http/view.h"
#include "pages/bridges.h"
#include "pages/present.h"

#define OVERLAP_MS 60000	/* a row may become visible so long after */
#define BURST 20		/* more rows than this at once: one refresh */
#define PARTS_EVERY_MS 2000	/* counts and terminals, without a new row */
#define PARTS_LEAST_MS 250	/* ... and with one after the other */
#define RECHECK_MS 60000	/* of each viewer's session */

/* A row that was sent, or was there before anybody watched. */
struct seen {
	int64_t received_at, id;
	bool is_unmapped;
};

struct audience {
	struct audience *next;
	char company[COMPANY_CODE_MAX + 1];
	int64_t branch_id;
	struct watcher *watchers;
	bool is_woken, is_known;	/* has been looked at before */
	int64_t looked_at;		/* instant of the last good look */
	int64_t parts_at, parts_due;	/* clock_mono_ms */
	struct today_usual usual;	/* as read last */
	struct seen *seen;		/* ordered as feed_arrived orders */
	size_t seen_count;
	struct buf counts, terminals;	/* as sent last */
};

/* One viewer; hangs at stream_viewer.data. */
struct watcher {
	struct stream_viewer *viewer;
	struct audience *audience;
	struct watcher *next, **link;
	int64_t chosen_id;		/* the branch it asked for; or 0 */
	char session_hash[SECRET_HASH_SIZE];
	int64_t recheck_due;		/* clock_mono_ms */
};

struct hub {
	struct db *db;
	struct audience *audiences;
	struct bridges *bridges;
};

struct hub *
hub_create(struct db *db)
{
	struct hub *hub = calloc(1, sizeof *hub);

	if (hub == NULL)
		log_die("out of memory");
	hub->db = db;
	hub->bridges = bridges_create(db);
	return hub;
}

static void
free_audience(struct audience *a)
{
	free(a->seen);
	buf_finish(&a->counts);
	buf_finish(&a->terminals);
	free(a);
}

void
hub_destroy(struct hub *hub)
{
	if (hub == NULL)
		return;
	while (hub->audiences != NULL) {
		struct audience *a = hub->audiences;

		hub->audiences = a->next;
		free_audience(a);
	}
	bridges_destroy(hub->bridges);
	free(hub);
}

/* ---- who watches --------------------------------------------------------- */

static struct audience *
find_audience(struct hub *hub, const char *company, int64_t branch_id)
{
	struct audience *a;

	for (a = hub->audiences; a != NULL; a = a->next) {
		if (a->branch_id == branch_id &&
		    strcmp(a->company, company) == 0)
			return a;
	}
	a = calloc(1, sizeof *a);
	if (a == NULL)
		log_die("out of memory");
	if (!text_copy(a->company, sizeof a->company, company))
		log_die("a company's code is too long");
	a->branch_id = branch_id;
	a->next = hub->audiences;
	hub->audiences = a;
	return a;
}

static void
closed(struct stream_viewer *v)
{
	struct watcher *w = v->data;

	*w->link = w->next;
	if (w->next != NULL)
		w->next->link = w->link;
	free(w);
}

/* An audience that everybody has left is forgotten. */
static void
drop_empty(struct hub *hub)
{
	struct audience **link = &hub->audiences;

	while (*link != NULL) {
		struct audience *a = *link;

		if (a->watchers != NULL) {
			link = &a->next;
			continue;
		}
		*link = a->next;
		free_audience(a);
	}
}

static void
send_audience(struct audience *a, const struct buf *events)
{
	struct watcher *next;

	if (events->len == 0)
		return;
	for (struct watcher *w = a->watchers; w != NULL; w = next) {
		next = w->next;
		stream_send(w->viewer, events);
	}
}

/* Which branch somebody sees who chose one (0: none); -1: may not see it. */
static int64_t
branch_seen(const struct session *session, int64_t chosen_id)
{
	if (chosen_id == 0 || chosen_id == session->branch_id)
		return session->branch_id;
	return session->branch_id == 0 ? chosen_id : -1;
}

/* ---- sessions that end while their page is open -------------------------- */

static void
recheck_watcher(struct hub *hub, struct watcher *w, struct arena *arena)
{
	struct buf goodbye = BUF_INIT;
	struct session session;
	enum db_result rc = session_find(hub->db, arena, w->session_hash,
	                                 clock_now_ms(), true, &session);
	bool same = rc == DB_OK &&
		branch_seen(&session, w->chosen_id) == w->audience->branch_id &&
		strcmp(session.company, w->audience->company) == 0;

	w->recheck_due = clock_mono_ms() + RECHECK_MS;
	if (rc == DB_FAIL || same)
		return;
	if (rc == DB_NONE)
		stream_encode(&goodbye, "signed-out", "");
	/* with another role it comes again */
	if (goodbye.len == 0 || stream_send(w->viewer, &goodbye))
		stream_close(w->viewer);
	buf_finish(&goodbye);
}

static void
recheck_due(struct hub *hub, struct audience *a)
{
	int64_t now = clock_mono_ms();
	struct arena *arena = NULL;
	struct watcher *next;

	for (struct watcher *w = a->watchers; w != NULL; w = next) {
		next = w->next;
		if (w->recheck_due > now)
			continue;
		if (arena == NULL)
			arena = arena_create();
		recheck_watcher(hub, w, arena);
	}
	arena_destroy(arena);
}

/* ---- what is new --------------------------------------------------------- */

static int
compare_seen(const struct seen *s, const struct feed_row *row)
{
	if (s->received_at != row->received_at)
		return s->received_at < row->received_at ? -1 : 1;
	if (s->is_unmapped != row->is_unmapped)
		return s->is_unmapped ? 1 : -1;
	return s->id == row->id ? 0 : s->id < row->id ? -1 : 1;
}

static void
keep_seen(struct audience *a, const struct feed_list *list)
{
	struct seen *seen = calloc(list->count + 1, sizeof *seen);

	if (seen == NULL)
		log_die("out of memory");
	for (size_t i = 0; i < list->count; i++)
		seen[i] = (struct seen){ list->rows[i].received_at,
			                 list->rows[i].id,
			                 list->rows[i].is_unmapped };
	free(a->seen);
	a->seen = seen;
	a->seen_count = list->count;
}

/* Moves the rows that were not seen before to the front; their number. */
static size_t
pick_new(const struct audience *a, struct feed_list *list)
{
	size_t k = 0, fresh = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct feed_row *row = &list->rows[i];

		while (k < a->seen_count &&
		       compare_seen(&a->seen[k], row) < 0)
			k++;
		if (k < a->seen_count && compare_seen(&a->seen[k], row) == 0)
			continue;
		list->rows[fresh++] = *row;
	}
	return fresh;
}

static void
encode_rows(struct buf *events, const struct feed_row *rows, size_t count)
{
	struct buf html = BUF_INIT;

	if (count > BURST) {
		stream_encode(events, "refresh", "");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		json_object *model = present_punch(&rows[i]);

		buf_reset(&html);
		if (view_partial(&html, "punch", model))
			stream_encode(events, "punch", html.data);
		json_object_put(model);
	}
	buf_finish(&html);
}

/* Adds a part to the events when it reads differently from the last time. */
static void
encode_part(struct buf *events, const char *part, json_object *model,
            struct buf *last)
{
	struct buf html = BUF_INIT;

	if (view_partial(&html, part, model) &&
	    (last->data == NULL || strcmp(last->data, html.data) != 0)) {
		stream_encode(events, part, html.data);
		buf_finish(last);
		*last = html;
		return;
	}
	buf_finish(&html);
}

static bool
encode_parts(struct hub *hub, struct audience *a, struct arena *arena,
             int64_t now_at, struct buf *events)
{
	struct feed_scope scope = { a->company, a->branch_id };
	struct present_today today;
	json_object *model;

	if (present_read_today(hub->db, arena, &scope, now_at, &a->usual,
	                       &today) != HTTP_200)
		return false;
	model = json_object_new_object();
	present_counts(model, &today);
	present_terminals(model, &today);
	encode_part(events, "counts", model, &a->counts);
	encode_part(events, "terminals", model, &a->terminals);
	json_object_put(model);
	a->parts_at = clock_mono_ms();
	a->parts_due = a->parts_at + PARTS_EVERY_MS;
	return true;
}

/* One look at the tables for an audience.  A failure is made good later. */
static bool
look(struct hub *hub, struct audience *a, struct arena *arena)
{
	struct feed_scope scope = { a->company, a->branch_id };
	int64_t now_at = clock_now_ms();
	int64_t since_at = (a->is_known ? a->looked_at : now_at) - OVERLAP_MS;
	struct buf events = BUF_INIT;
	struct feed_list list, fresh;
	int32_t today;

	if (!present_find_day(hub->db, arena, &scope, now_at, &today) ||
	    feed_arrived(hub->db, arena, &scope, today, since_at, &list) !=
	    DB_OK)
		return false;
	fresh.rows = arena_alloc(arena, (list.count + 1) *
	                         sizeof *fresh.rows);
	memcpy(fresh.rows, list.rows, list.count * sizeof *fresh.rows);
	fresh.count = list.count;
	fresh.count = pick_new(a, &fresh);
	if (a->is_known)
		encode_rows(&events, fresh.rows, fresh.count);
	if (fresh.count > 0)
		a->parts_due = a->parts_at + PARTS_LEAST_MS;
	if (clock_mono_ms() >= a->parts_due)
		encode_parts(hub, a, arena, now_at, &events);
	keep_seen(a, &list);
	a->looked_at = now_at;
	a->is_known = true;
	send_audience(a, &events);
	buf_finish(&events);
	return true;
}

static void
add_watcher(struct audience *a, struct stream_viewer *v, const char *hash,
            int64_t chosen_id)
{
	struct watcher *w = calloc(1, sizeof *w);

	if (w == NULL)
		log_die("out of memory");
	text_copy(w->session_hash, sizeof w->session_hash, hash);
	w->viewer = v;
	w->chosen_id = chosen_id;
	w->recheck_due = clock_mono_ms() + RECHECK_MS;
	w->audience = a;
	w->next = a->watchers;
	w->link = &a->watchers;
	if (w->next != NULL)
		w->next->link = &w->next;
	a->watchers = w;
	v->data = w;
	v->closed = closed;
}

/* The audience of who asks, which may choose a branch: ?branch=ID. */
static enum status
find_seen(struct hub *hub, struct req *req, const struct session *session,
          struct audience **out)
{
	int64_t chosen_id = http_find_id(&req->query, "branch");
	int64_t branch_id = branch_seen(session, chosen_id);
	const char *zone;

	if (branch_id < 0)
		return HTTP_404;
	switch (chosen_id == 0 ? DB_OK : branch_zone(hub->db, req->arena,
		session->company, branch_id, &zone)) {
	case DB_OK:
		*out = find_audience(hub, session->company, branch_id);
		return HTTP_200;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
}

/*
 * What is there before the stream opens is for the page to fetch, once it is
 * open; so an audience is looked at before its first viewer hears of it.
 */
static enum status
asked(void *arg, struct req *req, struct res *res, struct stream_viewer *v)
{
	struct hub *hub = arg;
	const char *secret = http_cookie(req, SESSION_COOKIE);
	struct session session;
	struct audience *a;
	enum status status;
	char hash[SECRET_HASH_SIZE];

	if (text_after(req->path, "/api/") != NULL)
		return bridges_asked(hub->bridges, req, res, v);
	if (strcmp(req->path, "/live/events") != 0)
		return HTTP_404;
	if (req->method != HTTP_GET)
		return HTTP_405;
	if (secret == NULL)
		return HTTP_401;
	secret_hash(secret, hash);
	switch (session_find(hub->db, req->arena, hash, req->now_at, true,
	                     &session)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_401;
	default:
		return HTTP_503;
	}
	status = find_seen(hub, req, &session, &a);
	if (status != HTTP_200)
		return status;
	if (!a->is_known && !look(hub, a, req->arena))
		return HTTP_503;
	add_watcher(a, v, hash, http_find_id(&req->query, "branch"));
	return HTTP_200;
}

static void
look_at(struct hub *hub, bool only_woken)
{
	struct arena *arena;

	drop_empty(hub);
	if (hub->audiences == NULL)
		return;
	arena = arena_create();
	for (struct audience *a = hub->audiences; a != NULL; a = a->next) {
		if (only_woken && !a->is_woken)
			continue;
		a->is_woken = false;
		look(hub, a, arena);
		arena_reset(arena);
	}
	arena_destroy(arena);
}

static void
woken(void *arg, const char *company)
{
	struct hub *hub = arg;

	for (struct audience *a = hub->audiences; a != NULL; a = a->next) {
		if (strcmp(a->company, company) == 0)
			a->is_woken = true;
	}
	bridges_woken(hub->bridges, company);
}

static void
settled(void *arg)
{
	struct hub *hub = arg;

	look_at(hub, true);
	bridges_settled(hub->bridges);
}

static void
tick(void *arg)
{
	struct hub *hub = arg;

	for (struct audience *a = hub->audiences; a != NULL; a = a->next)
		recheck_due(hub, a);
	look_at(hub, false);
	bridges_tick(hub->bridges);
}

const struct stream_hooks hub_hooks = { asked, woken, settled, tick };
