/* audience.c: who watches the live hub, and what each of them is shown */
#include "pages/audience.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/display.h"
#include "gym/session.h"

#define RECHECK_MS 60000	/* of each viewer's session or display */
#define SPREAD_MS 15000		/* ... or so much earlier */

struct audience *
audience_find(struct audience **list, const char *company, int64_t branch_id)
{
	struct audience *a;

	for (a = *list; a != NULL; a = a->next) {
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
	a->next = *list;
	*list = a;
	return a;
}

static void
drop(struct audience **link)
{
	struct audience *a = *link;

	*link = a->next;
	free(a->seen);
	buf_finish(&a->counts);
	buf_finish(&a->terminals);
	free(a);
}

void
audience_drop_empty(struct audience **list)
{
	while (*list != NULL) {
		bool is_watched = audience_has(*list, SHOWN_DASHBOARD) ||
			audience_has_desk(*list);

		if (is_watched)
			list = &(*list)->next;
		else
			drop(list);
	}
}

void
audience_drop_all(struct audience **list)
{
	while (*list != NULL)
		drop(list);
}

/* ---- who asks ------------------------------------------------------------ */

/* Which branch somebody sees who chose one (0: none); -1: may not see it. */
static int64_t
branch_seen(const struct session *session, int64_t chosen_id)
{
	if (chosen_id == 0 || chosen_id == session->branch_id)
		return session->branch_id;
	return session->branch_id == 0 ? chosen_id : -1;
}

static enum db_result
claim_session(struct db *db, struct arena *a, const char *hash, int64_t now_at,
              int64_t chosen_id, struct claim *out)
{
	struct session session;
	enum db_result rc = session_find(db, a, hash, now_at, true, &session);

	if (rc == DB_OK)
		*out = (struct claim){
			.company = session.company, .chosen_id = chosen_id,
			.branch_id = branch_seen(&session, chosen_id),
			.shown = SHOWN_DASHBOARD,
		};
	return rc;
}

static enum db_result
claim_display(struct db *db, struct arena *a, const char *hash, int64_t now_at,
              int64_t chosen_id, struct claim *out)
{
	struct display d;
	enum db_result rc = display_find(db, a, hash, now_at, &d);

	(void)chosen_id;	/* the display says it */
	if (rc == DB_OK)
		*out = (struct claim){
			.company = d.company, .branch_id = d.branch_id,
			.shown = d.has_short_names ? SHOWN_DESK_SHORT
				: SHOWN_DESK,
			.version = d.version,
		};
	return rc;
}

static const struct {
	const char *path, *cookie;
	enum db_result (*claim)(struct db *db, struct arena *a,
	                        const char *hash, int64_t now_at,
	                        int64_t chosen_id, struct claim *out);
} kinds[] = {
	{ "/live/events", SESSION_COOKIE, claim_session },
	{ "/live/desk", DISPLAY_COOKIE, claim_display },
};

#define KINDS (sizeof kinds / sizeof *kinds)

static size_t
kind_of(enum shown shown)
{
	return shown == SHOWN_DASHBOARD ? 0 : 1;
}

/* A branch that somebody chose must be there. */
static enum status
check_branch(struct req *req, struct db *db, const struct claim *claim)
{
	const char *zone;

	if (claim->branch_id < 0)
		return HTTP_404;
	switch (claim->chosen_id == 0 ? DB_OK : branch_zone(db, req->arena,
		claim->company, claim->branch_id, &zone)) {
	case DB_OK:
		return HTTP_200;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
}

enum status
audience_ask(struct req *req, struct db *db, struct claim *claim,
             char hash[SECRET_HASH_SIZE])
{
	const char *secret;
	size_t i = 0;

	while (i < KINDS && strcmp(req->path, kinds[i].path) != 0)
		i++;
	if (i == KINDS)
		return HTTP_404;
	if (req->method != HTTP_GET)
		return HTTP_405;
	secret = http_cookie(req, kinds[i].cookie);
	if (secret == NULL)
		return HTTP_401;
	secret_hash(secret, hash);
	switch (kinds[i].claim(db, req->arena, hash, req->now_at,
	                       http_find_id(&req->query, "branch"), claim)) {
	case DB_OK:
		return check_branch(req, db, claim);
	case DB_NONE:
		return HTTP_401;
	default:
		return HTTP_503;
	}
}

/* ---- viewers ------------------------------------------------------------- */

/*
 * When to look again.  After a restart all come at once; so that they are not
 * all looked at in the same moment a minute later, the hash spreads them.
 */
static int64_t
next_recheck(const char *hash)
{
	char head[5] = { hash[0], hash[1], hash[2], hash[3], '\0' };

	return clock_mono_ms() + RECHECK_MS -
		(int64_t)(strtoul(head, NULL, 16) * SPREAD_MS / 0xffff);
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

/* What a company has open, and what of it is one cookie's. */
struct tally {
	const char *hash;
	int all, own;
	struct watcher *oldest;		/* of its own */
};

static void
count(struct tally *t, struct watcher *first)
{
	for (struct watcher *w = first; w != NULL; w = w->next) {
		t->all++;
		if (strcmp(w->hash, t->hash) != 0)
			continue;
		t->own++;
		/* of the same moment, the one further down came first */
		if (t->oldest == NULL || w->opened_at <= t->oldest->opened_at)
			t->oldest = w;
	}
}

bool
audience_make_room(struct audience *list, const char *company,
                   const char *hash)
{
	struct tally t = { .hash = hash };

	for (struct audience *a = list; a != NULL; a = a->next) {
		if (strcmp(a->company, company) != 0)
			continue;
		for (int i = 0; i < SHOWN__COUNT; i++)
			count(&t, a->watchers[i]);
	}
	if (t.own < AUDIENCE_OWN_MAX)
		return t.all < AUDIENCE_COMPANY_MAX;
	stream_close(t.oldest->viewer);
	return true;
}

void
audience_add(struct audience *a, struct stream_viewer *v,
             const struct claim *claim, const char *hash)
{
	struct watcher *w = calloc(1, sizeof *w);
	struct watcher **list = &a->watchers[claim->shown];

	if (w == NULL)
		log_die("out of memory");
	text_copy(w->hash, sizeof w->hash, hash);
	w->viewer = v;
	w->claim = *claim;
	w->claim.company = a->company;
	w->opened_at = clock_mono_ms();
	w->recheck_due = next_recheck(w->hash);
	w->audience = a;
	w->next = *list;
	w->link = list;
	if (w->next != NULL)
		w->next->link = &w->next;
	*list = w;
	v->data = w;
	v->closed = closed;
}

bool
audience_has(const struct audience *a, enum shown shown)
{
	return a->watchers[shown] != NULL;
}

bool
audience_has_desk(const struct audience *a)
{
	return audience_has(a, SHOWN_DESK) || audience_has(a, SHOWN_DESK_SHORT);
}

void
audience_send(struct audience *a, enum shown shown, const struct buf *events)
{
	struct watcher *next;

	if (events->len == 0)
		return;
	for (struct watcher *w = a->watchers[shown]; w != NULL; w = next) {
		next = w->next;
		stream_send(w->viewer, events);
	}
}

/* ---- what ends while its page is open ------------------------------------ */

static void
recheck(struct db *db, struct watcher *w, struct arena *arena)
{
	struct buf goodbye = BUF_INIT;
	struct claim now;
	enum db_result rc = kinds[kind_of(w->claim.shown)].claim(
		db, arena, w->hash, clock_now_ms(), w->claim.chosen_id, &now);
	bool same = rc == DB_OK && now.branch_id == w->claim.branch_id &&
		now.shown == w->claim.shown &&
		now.version == w->claim.version &&
		strcmp(now.company, w->claim.company) == 0;

	w->recheck_due = next_recheck(w->hash);
	if (rc == DB_FAIL || same)
		return;
	if (rc == DB_NONE)
		stream_encode(&goodbye, "signed-out", "");
	/* who may see something else now comes again */
	if (goodbye.len == 0 || stream_send(w->viewer, &goodbye))
		stream_close(w->viewer);
	buf_finish(&goodbye);
}

void
audience_recheck(struct audience *a, struct db *db)
{
	int64_t now = clock_mono_ms();
	struct arena *arena = NULL;
	struct watcher *next;

	for (int i = 0; i < SHOWN__COUNT; i++) {
		for (struct watcher *w = a->watchers[i]; w != NULL; w = next) {
			next = w->next;
			if (w->recheck_due > now)
				continue;
			if (arena == NULL)
				arena = arena_create();
			recheck(db, w, arena);
		}
	}
	arena_destroy(arena);
}
