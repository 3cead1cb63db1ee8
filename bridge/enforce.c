/* enforce.c: makes the users of a terminal agree with the list */
#include "enforce.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define FAILURES_IN_A_ROW 3
#define AT_ONCE_LEAST 5
#define AT_ONCE_PART 10

/* ---- what to do; pure --------------------------------------------------- */

/* It was the bridge that closed this one. */
static enum enforce_act
act_on_marked(const struct entry_list *list, const struct enforce_when *when,
              const struct zk_user *user, const struct enforce_mark *mark)
{
	const struct entry_user *entry = entry_find(list, user->user_id);
	bool closed = lever_is_closed(&mark->lever, user);

	if (mark->is_trial)
		return ENFORCE_LEAVE;
	if (list->enforced_at == CLOCK_NO_TIME || !zk_user_is_plain(user) ||
	    (entry != NULL && entry_is_open(list, entry, when->local)))
		return closed ? ENFORCE_OPEN : ENFORCE_FORGET;
	/* a run cut short, or a write that did not take */
	if (!closed && entry != NULL &&
	    entry_may_close(list, entry, when->local, when->trust))
		return ENFORCE_CLOSE;
	/* whoever closes it from now on, it is not the bridge */
	return closed ? ENFORCE_LEAVE : ENFORCE_FORGET;
}

static enum enforce_act
act_on_other(const struct entry_list *list, const struct enforce_when *when,
             const struct zk_user *user)
{
	const struct entry_user *entry = entry_find(list, user->user_id);

	if (entry == NULL || !zk_user_is_plain(user))
		return ENFORCE_LEAVE;
	if (lever_is_closed(&list->lever, user))
		return ENFORCE_BANNED;
	return lever_fits(&list->lever, user) &&
	       entry_may_close(list, entry, when->local, when->trust)
	       ? ENFORCE_CLOSE : ENFORCE_LEAVE;
}

/* Would this be a new closing to which the owner has not agreed? */
static bool
is_new(const struct entry_list *list, const struct zk_user *user,
       const struct enforce_item *item)
{
	return item->act == ENFORCE_CLOSE && !item->is_marked &&
	       !entry_find(list, user->user_id)->approved;
}

void
enforce_plan(const struct entry_list *list, const struct enforce_when *when,
             const struct zk_user *users, struct enforce_item *items,
             size_t count)
{
	size_t most = count / AT_ONCE_PART, fresh = 0;

	if (most < AT_ONCE_LEAST)
		most = AT_ONCE_LEAST;
	for (size_t i = 0; i < count; i++) {
		items[i].act = items[i].is_marked
		               ? act_on_marked(list, when, &users[i],
		                               &items[i].mark)
		               : act_on_other(list, when, &users[i]);
		if (is_new(list, &users[i], &items[i]))
			fresh++;
	}
	for (size_t i = 0; fresh > most && i < count; i++) {
		if (is_new(list, &users[i], &items[i]))
			items[i].act = ENFORCE_HOLD;
	}
}

/* ---- doing it ----------------------------------------------------------- */

struct attempt {
	char user_id[ZK_USER_ID_MAX + 1];
	enum enforce_act act;
};

struct run {
	const struct enforce_door *door;
	const struct entry_list *list;
	const struct enforce_when *when;
	struct enforce_result *out;
	struct zk_user *users;
	struct enforce_item *items;
	size_t count;
	struct attempt *tried;		/* each user once */
	size_t tried_most;
	size_t tried_count, judged;	/* those before have been seen */
	int failed_in_a_row;		/* closings */
	bool was_refused;		/* one of the last writing, at least */
	bool is_over;
};

static enum zk_result
look(struct run *run)
{
	enum zk_result rc;

	free(run->users);
	free(run->items);
	run->users = NULL;
	run->items = NULL;
	run->count = 0;
	rc = run->door->read(run->door->arg, &run->users, &run->count);
	if (rc != ZK_OK)
		return rc;
	run->items = calloc(run->count + 1, sizeof *run->items);
	if (run->items == NULL)
		return ZK_REFUSED;
	for (size_t i = 0; i < run->count; i++)
		run->items[i].is_marked =
			run->door->find(run->door->arg, run->users[i].user_id,
			                &run->items[i].mark);
	enforce_plan(run->list, run->when, run->users, run->items,
	             run->count);
	return ZK_OK;
}

static const struct attempt *
attempt_at(const struct run *run, const char *user_id)
{
	for (size_t i = 0; i < run->tried_count; i++) {
		if (strcmp(run->tried[i].user_id, user_id) == 0)
			return &run->tried[i];
	}
	return NULL;
}

/*
 * Only a closing tells whether the firmware knows the way, and only one that
 * was not refused: a terminal may be busy.
 */
static void
count_failed(struct run *run, enum enforce_act act)
{
	run->out->failed++;
	run->out->is_refused = run->out->is_refused || run->was_refused;
	if (act == ENFORCE_OPEN) {
		run->out->unopened++;
		return;
	}
	run->failed_in_a_row++;
	if (run->failed_in_a_row < FAILURES_IN_A_ROW)
		return;
	run->is_over = true;
	run->out->is_ignored = !run->was_refused;
}

/* Whose closing failed is not ours: a later one is a ban by hand. */
static bool
judge_failed(struct run *run, const struct attempt *tried,
             struct enforce_item *item)
{
	log_warn("user %s: the terminal did not keep what was written",
	         tried->user_id);
	count_failed(run, tried->act);
	if (tried->act != ENFORCE_CLOSE || !item->is_marked)
		return true;
	item->is_marked = false;
	return run->door->unmark(run->door->arg, tried->user_id);
}

static bool
judge_one(struct run *run, const struct attempt *tried)
{
	for (size_t i = 0; i < run->count; i++) {
		if (strcmp(run->users[i].user_id, tried->user_id) == 0 &&
		    run->items[i].act == tried->act)
			return judge_failed(run, tried, &run->items[i]);
	}
	run->failed_in_a_row = 0;
	if (tried->act == ENFORCE_OPEN)
		run->out->opened++;
	else
		run->out->closed++;
	return true;
}

/* Open, and to stay so for now: whoever closes it later, it is not us. */
static bool
is_forgotten(const struct run *run, const struct enforce_item *item)
{
	bool opens_only = run->when->opens_only || run->out->is_ignored;

	return item->act == ENFORCE_FORGET || (opens_only &&
	       item->is_marked && item->act == ENFORCE_CLOSE);
}

/* What the last writing did; who is seen to be open leaves the journal. */
static bool
judge(struct run *run)
{
	while (run->judged < run->tried_count) {
		if (!judge_one(run, &run->tried[run->judged++]))
			return false;
	}
	for (size_t i = 0; i < run->count; i++) {
		if (is_forgotten(run, &run->items[i]) &&
		    !run->door->unmark(run->door->arg,
		                       run->users[i].user_id))
			return false;
	}
	return true;
}

/* Puts the change into `user`; false: there is none to be made. */
static bool
change(struct run *run, size_t i, struct zk_user *user)
{
	struct enforce_item *item = &run->items[i];
	struct enforce_mark mark = { .lever = run->list->lever };

	*user = run->users[i];
	if (item->act == ENFORCE_OPEN)
		return lever_open(&item->mark.lever, user, item->mark.was);
	memcpy(mark.user_id, user->user_id, sizeof mark.user_id);
	lever_close(&mark.lever, user, mark.was);
	return lever_is_closed(&mark.lever, user) &&
	       run->door->mark(run->door->arg, &mark);
}

/* Openings first: nobody waits at the door for the closing of others. */
static size_t
collect(struct run *run, enum enforce_act act, struct zk_user *batch,
        size_t filled)
{
	for (size_t i = 0; i < run->count && filled < ENFORCE_AT_ONCE &&
	     run->tried_count < run->tried_most; i++) {
		struct attempt *tried = &run->tried[run->tried_count];
		const char *id = run->users[i].user_id;

		if (run->items[i].act != act || attempt_at(run, id) != NULL)
			continue;
		memcpy(tried->user_id, id, sizeof tried->user_id);
		tried->act = act;
		run->tried_count++;
		if (!change(run, i, &batch[filled]))
			continue;	/* judged as failed */
		log_info("user %s: %s", id, act == ENFORCE_OPEN
		         ? "may enter again" : "is kept out");
		filled++;
	}
	return filled;
}

/* What is refused is judged by what is read then. */
static enum zk_result
put(struct run *run, const struct zk_user *batch, size_t filled)
{
	enum zk_result rc = run->door->write(run->door->arg, batch, filled);

	run->was_refused = rc == ZK_REFUSED;
	return rc == ZK_REFUSED ? ZK_OK : rc;
}

static enum zk_result
go_on(struct run *run)
{
	struct zk_user batch[ENFORCE_AT_ONCE];
	enum zk_result rc = look(run);

	run->tried_most = run->count;	/* who comes meanwhile: next run */
	run->tried = calloc(run->count + 1, sizeof *run->tried);
	while (rc == ZK_OK && run->tried != NULL) {
		size_t before = run->tried_count, filled;

		if (!judge(run))
			return ZK_REFUSED;
		if (run->is_over)
			return ZK_OK;
		filled = collect(run, ENFORCE_OPEN, batch, 0);
		if (!run->when->opens_only)
			filled = collect(run, ENFORCE_CLOSE, batch, filled);
		if (run->tried_count == before)
			return ZK_OK;
		if (filled > 0)
			rc = put(run, batch, filled);
		if (rc == ZK_OK)
			rc = look(run);
	}
	return rc == ZK_OK ? ZK_REFUSED : rc;
}

/* The state of a user after the run; false: there is nothing to tell. */
static bool
state_of(const struct run *run, size_t i, enum enforce_state *out)
{
	const struct enforce_item *item = &run->items[i];

	switch (item->act) {
	case ENFORCE_HOLD:
		*out = ENFORCE_IS_PENDING;
		return true;
	case ENFORCE_BANNED:
		*out = ENFORCE_IS_BANNED;
		return true;
	case ENFORCE_OPEN:
	case ENFORCE_CLOSE:
		*out = ENFORCE_IS_FAILED;
		return true;
	default:
		*out = ENFORCE_IS_BLOCKED;
		return item->is_marked &&
			lever_is_closed(&item->mark.lever, &run->users[i]);
	}
}

static void
tell(const struct run *run, size_t i)
{
	const char *id = run->users[i].user_id;
	const struct entry_user *entry = entry_find(run->list, id);
	enum enforce_state state;

	if (state_of(run, i, &state))
		run->door->tell(run->door->arg, id, state, entry == NULL
		                ? ENTRY_ENDED : entry_kind(run->list, entry,
		                                           run->when->local));
}

enum zk_result
enforce_run(const struct enforce_door *door, const struct entry_list *list,
            const struct enforce_when *when, struct enforce_result *out)
{
	struct run run = { .door = door, .list = list, .when = when,
	                   .out = out };
	enum zk_result rc;

	memset(out, 0, sizeof *out);
	rc = go_on(&run);
	for (size_t i = 0; run.items != NULL && i < run.count; i++) {
		out->held += run.items[i].act == ENFORCE_HOLD;
		out->banned += run.items[i].act == ENFORCE_BANNED;
		if (rc == ZK_OK && door->tell != NULL)
			tell(&run, i);
	}
	free(run.users);
	free(run.items);
	free(run.tried);
	return rc;
}
