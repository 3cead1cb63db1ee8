/* spool_punch.c: punches into the spool, and out of it */
#include "spool_inside.h"

#include "base/clock.h"
#include "base/text.h"

/* ---- in ----------------------------------------------------------------- */

/*
 * A uid seen before at this time keeps the user it then had.  In a reading of
 * the whole log both of its keys are found again.
 */
static bool
is_uid_known(struct spool *s, int64_t terminal, int64_t round,
             const struct spool_punch *p, bool *ok)
{
	struct sqlite3_stmt *st;
	bool known;

	if (round > 0) {
		*ok = spool_inside_run(s, spool_inside_bind(s,
			SQL_SEE_UID_AGAIN, "iiii", terminal, p->local, p->uid,
			round));
		known = *ok && spool_inside_changes(s) > 0;
		if (known)
			*ok = spool_inside_run(s, spool_inside_bind(s,
				SQL_SEE_UID_USER, "iiii", terminal, p->local,
				p->uid, round));
		return known;
	}
	st = spool_inside_bind(s, SQL_UID_SEEN, "iii", terminal, p->local,
	                       p->uid);
	known = spool_inside_row(s, st, ok);
	spool_inside_reset(st);
	return known;
}

static bool
see_uid(struct spool *s, int64_t terminal, int64_t round,
        const struct spool_punch *p, const char *user_id)
{
	return spool_inside_run(s, spool_inside_bind(s, SQL_SEE_UID, "iiiti",
		terminal, p->local, p->uid, user_id, round));
}

static bool
see_first(struct spool *s, int64_t terminal, int64_t round,
          const struct spool_punch *p, bool *did)
{
	bool ok = spool_inside_run(s, spool_inside_bind(s, SQL_SEE, "iitii",
		terminal, p->local, p->user_id, p->sent_local, round));

	*did = ok && spool_inside_changes(s) > 0;
	return ok;
}

static bool
see_again(struct spool *s, int64_t terminal, int64_t round,
          const struct spool_punch *p, bool *did)
{
	bool ok = spool_inside_run(s, spool_inside_bind(s, SQL_SEE_AGAIN,
		"iiti", terminal, p->local, p->user_id, round));

	*did = ok && spool_inside_changes(s) > 0;
	return ok;
}

/*
 * Seen from now on; `*is_new` when it was not before, and on entry when the
 * one before was new: then this one is likely to be, and that is tried first.
 */
static bool
see(struct spool *s, int64_t terminal, int64_t round,
    const struct spool_punch *p, bool *is_new)
{
	bool was_new = *is_new, known = false;

	*is_new = false;
	if (round > 0 && !was_new &&
	    (!see_again(s, terminal, round, p, &known) || known))
		return known;
	if (!see_first(s, terminal, round, p, is_new))
		return false;
	return *is_new || round == 0 || !was_new ||
	       see_again(s, terminal, round, p, &known);
}

/* Has a punch of this key, or of one like that below, been told as this one? */
static bool
was_told(struct spool *s, int64_t terminal, const struct spool_punch *p,
         bool *ok)
{
	const int64_t near = SPOOL_SAME_SECONDS;
	struct sqlite3_stmt *st = spool_inside_bind(s, SQL_TOLD, "iitii",
		terminal, p->local, p->user_id, p->sent_local - near,
		p->sent_local + near);
	bool told = spool_inside_row(s, st, ok);

	spool_inside_reset(st);
	return told;
}

/* Of a live punch whose key is known: if it is another, it gets its own. */
static bool
see_another(struct spool *s, int64_t terminal, struct spool_punch *p,
            bool *is_new)
{
	bool ok = true;

	if (was_told(s, terminal, p, &ok) || !ok)
		return ok;
	p->local = SPOOL_OWN_KEY(p->sent_local);
	return see_first(s, terminal, 0, p, is_new);
}

/* One punch: seen, and waiting if it was new; `is_new` as of see(). */
static bool
add_one(struct spool *s, int64_t terminal, int64_t round,
        struct spool_punch *p, bool is_new)
{
	struct spool_punch kept = *p;
	bool ok = true;

	p->novelty = SPOOL_KNOWN;
	if (p->uid != SPOOL_NONE) {
		if (is_uid_known(s, terminal, round, p, &ok) || !ok)
			return ok;
		if (p->user_id[0] == '\0') {
			p->novelty = SPOOL_NAMELESS;
			return true;
		}
		if (!see_uid(s, terminal, round, p, p->user_id))
			return false;
	}
	if (!see(s, terminal, round, p, &is_new))
		return false;
	if (!is_new && p->sent_local > 0 &&
	    !see_another(s, terminal, &kept, &is_new))
		return false;
	if (!is_new)
		return true;
	p->novelty = SPOOL_NEW;
	return spool_inside_run(s, spool_inside_bind(s, SQL_QUEUE_ADD,
		"itiiii", terminal, p->user_id, kept.local, p->sent_local,
		p->clock_offset, (int64_t)p->fresh));
}

bool
spool_add(struct spool *s, int64_t terminal, int64_t round,
          struct spool_punch *punches, size_t n, size_t *count)
{
	bool ok, is_new = false;

	*count = 0;
	spool_inside_lock(s);
	ok = spool_inside_begin(s);
	for (size_t i = 0; ok && i < n; i++) {
		ok = add_one(s, terminal, round, &punches[i], is_new);
		is_new = ok && punches[i].novelty == SPOOL_NEW;
		*count += is_new;
	}
	return spool_inside_unlock(s, spool_inside_end(s, ok));
}

bool
spool_set_aside(struct spool *s, int64_t terminal, const void *raw,
                size_t len, const char *why)
{
	const int64_t most = SPOOL_ASIDE_MAX;
	bool ok;

	spool_inside_lock(s);
	ok = spool_inside_run(s, spool_inside_bind(s, SQL_ASIDE_ADD, "ibtii",
		terminal, raw, len, why, clock_now_ms(), most));
	if (ok && spool_inside_changes(s) == 0)	/* known, or one too many */
		ok = spool_inside_run(s, spool_inside_bind(s, SQL_ASIDE_MORE,
			"ib", terminal, raw, len));
	return spool_inside_unlock(s, ok);
}

bool
spool_aside_list(struct spool *s, size_t most, spool_aside_fn *each, void *arg)
{
	struct spool_aside record;
	struct sqlite3_stmt *st;
	bool ok = true;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_ASIDE_LIST, "i", (int64_t)most);
	while (spool_inside_row(s, st, &ok)) {
		spool_inside_text(st, 0, record.sn, sizeof record.sn);
		record.seen_at = spool_inside_int(st, 1);
		spool_inside_text(st, 2, record.why, sizeof record.why);
		record.len = spool_inside_blob(st, 3, record.raw,
		                               sizeof record.raw);
		each(arg, &record);
	}
	return spool_inside_unlock(s, ok);
}

bool
spool_forsake(struct spool *s, int64_t terminal, int64_t round,
              const struct spool_punch *p)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, see_uid(s, terminal, round, p, NULL));
}

bool
spool_prune(struct spool *s, int64_t terminal, int64_t before_local,
            int64_t round, size_t *count)
{
	bool ok;

	*count = 0;
	spool_inside_lock(s);
	ok = spool_inside_begin(s) &&
		spool_inside_run(s, spool_inside_bind(s, SQL_PRUNE, "iii",
			terminal, before_local, round - 1));
	if (ok)
		*count = spool_inside_changes(s);
	ok = ok && spool_inside_run(s, spool_inside_bind(s, SQL_PRUNE_UID,
		"iii", terminal, before_local, round - 1));
	return spool_inside_unlock(s, spool_inside_end(s, ok));
}

/* ---- out ---------------------------------------------------------------- */

static void
read_item(struct sqlite3_stmt *st, struct spool_item *item)
{
	item->id = spool_inside_int(st, 0);
	spool_inside_text(st, 1, item->sn, sizeof item->sn);
	spool_inside_text(st, 2, item->user_id, sizeof item->user_id);
	item->local = spool_inside_int(st, 3);
	item->clock_offset = spool_inside_int(st, 4);
	item->sent_local = spool_inside_int(st, 5);
}

bool
spool_next(struct spool *s, struct spool_item *items, size_t most,
           size_t *count)
{
	struct sqlite3_stmt *st;
	bool ok = true;

	*count = 0;
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_NEXT, "i", (int64_t)most);
	while (spool_inside_row(s, st, &ok))
		read_item(st, &items[(*count)++]);
	return spool_inside_unlock(s, ok);
}

bool
spool_parked(struct spool *s, size_t most, spool_parked_fn *each, void *arg)
{
	char answer[SPOOL_TEXT_MAX + 1];
	struct spool_item item;
	struct sqlite3_stmt *st;
	bool ok = true;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_PARKED, "i", (int64_t)most);
	while (spool_inside_row(s, st, &ok)) {
		read_item(st, &item);
		spool_inside_text(st, 6, answer, sizeof answer);
		each(arg, &item, answer);
	}
	return spool_inside_unlock(s, ok);
}

/* What becomes of one. */
static struct sqlite3_stmt *
settling(struct spool *s, const struct spool_settled *item, int64_t now_at)
{
	if (item->waits)
		return spool_inside_bind(s, SQL_LATER, "i", item->id);
	if (item->parked == 0)
		return spool_inside_bind(s, SQL_DONE, "i", item->id);
	return spool_inside_bind(s, SQL_PARK, "itii", (int64_t)item->parked,
	                         item->answer, now_at, item->id);
}

bool
spool_settle(struct spool *s, const struct spool_settled *items, size_t n)
{
	int64_t now_at = clock_now_ms();
	bool ok;

	spool_inside_lock(s);
	ok = spool_inside_begin(s);
	for (size_t i = 0; ok && i < n; i++)
		ok = spool_inside_run(s, settling(s, &items[i], now_at));
	return spool_inside_unlock(s, spool_inside_end(s, ok));
}

/* Runs a statement that changes the queue; `count` items it were. */
static bool
change(struct spool *s, struct sqlite3_stmt *st, size_t *count)
{
	bool ok = spool_inside_run(s, st);

	*count = ok ? spool_inside_changes(s) : 0;
	return spool_inside_unlock(s, ok);
}

bool
spool_retry(struct spool *s, size_t *count)
{
	spool_inside_lock(s);
	return change(s, spool_inside_bind(s, SQL_RETRY, ""), count);
}

bool
spool_retry_since(struct spool *s, int status, int64_t parked_before_at,
                  size_t *count)
{
	spool_inside_lock(s);
	return change(s, spool_inside_bind(s, SQL_RETRY_SINCE, "ii",
		(int64_t)status, parked_before_at), count);
}

bool
spool_waiting(struct spool *s, int64_t *count)
{
	struct sqlite3_stmt *st;
	bool ok;

	*count = 0;
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_WAITING, "");
	if (spool_inside_row(s, st, &ok))
		*count = spool_inside_int(st, 0);
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok);
}
