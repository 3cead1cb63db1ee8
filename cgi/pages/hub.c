/* hub.c: what the live hub sends, and to whom */
#include "pages/hub.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/feed.h"
#include "http/view.h"
#include "pages/audience.h"
#include "pages/bridges.h"
#include "pages/present.h"
#include "pages/present_desk.h"
#include "pages/present_terminals.h"

#define OVERLAP_MS 60000	/* a row may become visible so long after */
#define BURST 20		/* more rows than this at once: one refresh */
#define PARTS_EVERY_MS 2000	/* counts and terminals, without a new row */
#define PARTS_LEAST_MS 250	/* ... and with one after the other */
#define ROUND_MS 50		/* of a tick, for those that nobody woke us for */

struct hub {
	struct db *db;
	struct audience *audiences;
	unsigned round;		/* of looks that nobody woke us for */
	struct bridges *bridges;
};

struct hub *
hub_create(struct db *db)
{
	struct hub *hub = calloc(1, sizeof *hub);

	if (hub == NULL)
		log_die("out of memory");
	hub->db = db;
	hub->round = 1;
	hub->bridges = bridges_create(db);
	return hub;
}

void
hub_destroy(struct hub *hub)
{
	if (hub == NULL)
		return;
	audience_drop_all(&hub->audiences);
	bridges_destroy(hub->bridges);
	free(hub);
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

/* The part of html/ that a row is, by what shows it; and its model. */
static const char *const row_parts[SHOWN__COUNT] = {
	[SHOWN_DASHBOARD] = "punch",
	[SHOWN_DESK] = "desk_punch",
	[SHOWN_DESK_SHORT] = "desk_punch",
};

static json_object *
present_row(enum shown shown, const struct feed_row *row, int32_t day)
{
	return shown == SHOWN_DASHBOARD ? present_punch(row)
		: present_desk_punch(row, day, shown == SHOWN_DESK_SHORT);
}

static void
encode_rows(struct buf *events, enum shown shown, const struct feed_list *list,
            int32_t day)
{
	struct buf html = BUF_INIT;

	if (list->count > BURST) {
		stream_encode(events, "refresh", "");
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		json_object *model = present_row(shown, &list->rows[i], day);

		buf_reset(&html);
		if (view_partial(&html, row_parts[shown], model))
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
	/* a row "nobody yet" is one too many now, beside the member's or not */
	if (today.counts.unmapped < a->unmapped)
		stream_encode(events, "refresh", "");
	a->unmapped = today.counts.unmapped;
	json_object_put(model);
	a->parts_at = clock_mono_ms();
	a->parts_due = a->parts_at + PARTS_EVERY_MS;
	return true;
}

/*
 * The rows of a day that have arrived, and those of them that are new.  A desk
 * says until when a member has paid, as it is on this day.
 */
static bool
read_arrived(struct hub *hub, struct audience *a, struct arena *arena,
             int32_t day, int64_t now_at, struct feed_list *all,
             struct feed_list *fresh)
{
	struct feed_scope scope = { a->company, a->branch_id };
	int64_t since_at = (a->is_known ? a->looked_at : now_at) - OVERLAP_MS;

	if (feed_arrived(hub->db, arena, &scope, day, since_at, all) != DB_OK)
		return false;
	fresh->rows = arena_alloc(arena, (all->count + 1) *
	                          sizeof *fresh->rows);
	memcpy(fresh->rows, all->rows, all->count * sizeof *fresh->rows);
	fresh->count = all->count;
	fresh->count = pick_new(a, fresh);
	return !a->is_known || !audience_has_desk(a) || fresh->count > BURST ||
		feed_judge(hub->db, arena, &scope, day, fresh) == DB_OK;
}

/* What each kind of viewer is told, drawn once for all of them. */
static void
tell(struct hub *hub, struct audience *a, struct arena *arena,
     const struct feed_list *fresh, int32_t day, int64_t now_at)
{
	bool is_new_day = a->is_known && day != a->day;
	struct buf events = BUF_INIT;

	if (fresh->count > 0)
		a->parts_due = a->parts_at + PARTS_LEAST_MS;
	for (int i = 0; i < SHOWN__COUNT; i++) {
		enum shown shown = (enum shown)i;

		/* at the first look, what stands there is kept in mind */
		if (a->is_known && !audience_has(a, shown))
			continue;
		buf_reset(&events);
		if (a->is_known)
			encode_rows(&events, shown, fresh, day);
		if (shown != SHOWN_DASHBOARD) {
			if (is_new_day)
				stream_encode(&events, "refresh", "");
		} else if (clock_mono_ms() >= a->parts_due) {
			encode_parts(hub, a, arena, now_at, &events);
		}
		audience_send(a, shown, &events);
	}
	buf_finish(&events);
}

/* One look at the tables for an audience.  A failure is made good later. */
static bool
look(struct hub *hub, struct audience *a, struct arena *arena)
{
	struct feed_scope scope = { a->company, a->branch_id };
	int64_t now_at = clock_now_ms();
	struct feed_list list, fresh;
	int32_t today;

	if (!present_find_day(hub->db, arena, &scope, now_at, &today) ||
	    !read_arrived(hub, a, arena, today, now_at, &list, &fresh))
		return false;
	tell(hub, a, arena, &fresh, today, now_at);
	keep_seen(a, &list);
	a->looked_at = now_at;
	a->day = today;
	a->is_known = true;
	return true;
}

/*
 * What is there before the stream opens is for the page to fetch, once it is
 * open; so an audience is looked at before its first viewer hears of it.
 */
static enum status
asked(void *arg, struct req *req, struct res *res, struct stream_viewer *v)
{
	struct hub *hub = arg;
	struct audience *a;
	struct claim claim;
	char hash[SECRET_HASH_SIZE];
	enum status status;

	if (text_after(req->path, "/api/") != NULL)
		return bridges_asked(hub->bridges, req, res, v);
	status = audience_ask(req, hub->db, &claim, hash);
	if (status != HTTP_200)
		return status;
	if (!audience_make_room(hub->audiences, claim.company, hash))
		return HTTP_503;
	a = audience_find(&hub->audiences, claim.company, claim.branch_id);
	if (!a->is_known && !look(hub, a, req->arena))
		return HTTP_503;
	audience_add(a, v, &claim, hash);
	return HTTP_200;
}

static void
look_at_woken(struct hub *hub)
{
	struct arena *arena = arena_create();

	for (struct audience *a = hub->audiences; a != NULL; a = a->next) {
		if (!a->is_woken)
			continue;
		a->is_woken = false;
		look(hub, a, arena);
		arena_reset(arena);
	}
	arena_destroy(arena);
}

/*
 * Looks at all in turn, in as many ticks as it takes, so that with thousands
 * of gyms who was woken need not wait for those who were not.
 */
static void
look_around(struct hub *hub)
{
	int64_t deadline = clock_mono_ms() + ROUND_MS;
	struct arena *arena = arena_create();
	struct audience *a = hub->audiences;

	for (; a != NULL && clock_left_ms(deadline) > 0; a = a->next) {
		if (a->round == hub->round)
			continue;
		a->round = hub->round;
		look(hub, a, arena);
		arena_reset(arena);
	}
	if (a == NULL)
		hub->round++;
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

	audience_drop_empty(&hub->audiences);
	look_at_woken(hub);
	bridges_settled(hub->bridges);
}

static void
tick(void *arg)
{
	struct hub *hub = arg;

	for (struct audience *a = hub->audiences; a != NULL; a = a->next)
		audience_recheck(a, hub->db);
	audience_drop_empty(&hub->audiences);
	look_around(hub);
	bridges_tick(hub->bridges);
}

const struct stream_hooks hub_hooks = { asked, woken, settled, tick };
