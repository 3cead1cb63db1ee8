/* spool_place.c: what the spool knows of each terminal, and of the server */
#include "spool_inside.h"

#include "base/text.h"

/* Its number is written down twice: all of its punches hang on it. */
static bool
add_terminal(struct spool *s, const char *sn)
{
	bool ok = spool_inside_begin(s) &&
		spool_inside_run(s, spool_inside_bind(s, SQL_TERMINAL_ADD, "t",
			sn)) &&
		spool_inside_run(s, spool_inside_bind(s, SQL_TERMINAL_NOTE,
			"t", sn));

	return spool_inside_end(s, ok);
}

int64_t
spool_terminal(struct spool *s, const char *sn)
{
	struct sqlite3_stmt *st;
	int64_t id = 0;
	bool ok;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_TERMINAL_FIND, "t", sn);
	if (spool_inside_row(s, st, &ok))
		id = spool_inside_int(st, 0);
	spool_inside_reset(st);
	if (ok && id == 0 && add_terminal(s, sn)) {
		st = spool_inside_bind(s, SQL_TERMINAL_FIND, "t", sn);
		if (spool_inside_row(s, st, &ok))
			id = spool_inside_int(st, 0);
		spool_inside_reset(st);
	}
	spool_inside_unlock(s, true);
	return id;
}

bool
spool_count(struct spool *s, int64_t terminal, struct spool_counts *counts)
{
	struct sqlite3_stmt *st;
	bool ok = true;

	*counts = (struct spool_counts){ 0 };
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_COUNT, "i", terminal);
	if (spool_inside_row(s, st, &ok)) {
		counts->waiting = spool_inside_int(st, 0);
		counts->parked = spool_inside_int(st, 1);
		counts->aside = spool_inside_int(st, 2);
	}
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok);
}

int64_t
spool_last_punch(struct spool *s, int64_t terminal, int64_t before)
{
	struct sqlite3_stmt *st;
	int64_t local = SPOOL_NONE;
	bool ok;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_LAST_PUNCH, "ii", terminal, before);
	if (spool_inside_row(s, st, &ok))
		local = spool_inside_int(st, 0);
	spool_inside_reset(st);
	spool_inside_unlock(s, ok);
	return local;
}

/* ---- how far the log was read ------------------------------------------- */

bool
spool_mark_load(struct spool *s, int64_t terminal, struct spool_mark *mark)
{
	struct sqlite3_stmt *st;
	bool ok = true;

	memset(mark, 0, sizeof *mark);	/* padding too: it is compared */
	mark->full_day = SPOOL_NONE;
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_MARK_LOAD, "i", terminal);
	if (spool_inside_row(s, st, &ok)) {
		mark->records = spool_inside_int(st, 0);
		mark->layout = (int)spool_inside_int(st, 1);
		mark->full_day = spool_inside_int(st, 2);
		mark->tail_len = spool_inside_blob(st, 3, mark->tail,
		                                   sizeof mark->tail);
		mark->round = spool_inside_int(st, 4);
	}
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok);
}

bool
spool_mark_save(struct spool *s, int64_t terminal,
                const struct spool_mark *mark)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_MARK_SAVE, "iiibii", mark->records, (int64_t)mark->layout,
		mark->full_day, mark->tail, mark->tail_len, mark->round,
		terminal)));
}

/* ---- who it is ---------------------------------------------------------- */

bool
spool_identity_load(struct spool *s, int64_t terminal,
                    struct spool_identity *identity)
{
	struct sqlite3_stmt *st;
	bool ok;

	*identity = (struct spool_identity){ .start_day = SPOOL_NONE,
		                             .users_at = SPOOL_NONE };
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_IDENTITY_LOAD, "i", terminal);
	if (spool_inside_row(s, st, &ok)) {
		spool_inside_text(st, 0, identity->mac, sizeof identity->mac);
		identity->start_day = spool_inside_int(st, 1);
		identity->users_at = spool_inside_int(st, 2);
	}
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok);
}

bool
spool_identity_save(struct spool *s, int64_t terminal,
                    const struct spool_identity *identity)
{
	const char *mac = identity->mac[0] == '\0' ? NULL : identity->mac;

	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_IDENTITY_SAVE, "tii", mac, identity->start_day,
		terminal)));
}

/* ---- its users ---------------------------------------------------------- */

bool
spool_users_save(struct spool *s, int64_t terminal, int64_t read_at,
                 const struct spool_user *users, size_t count)
{
	bool ok;

	spool_inside_lock(s);
	ok = spool_inside_begin(s) &&
		spool_inside_run(s, spool_inside_bind(s, SQL_USERS_DROP, "i",
			terminal)) &&
		spool_inside_run(s, spool_inside_bind(s, SQL_USERS_AT, "ii",
			read_at, terminal));
	for (size_t i = 0; ok && i < count; i++)
		ok = spool_inside_run(s, spool_inside_bind(s, SQL_USERS_ADD,
			"iitti", terminal, users[i].uid, users[i].user_id,
			users[i].name, (int64_t)users[i].privilege));
	return spool_inside_unlock(s, spool_inside_end(s, ok));
}

bool
spool_users_list(struct spool *s, int64_t terminal, spool_user_fn *each,
                 void *arg)
{
	struct sqlite3_stmt *st;
	struct spool_user user;
	bool ok;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_USERS_LIST, "i", terminal);
	while (spool_inside_row(s, st, &ok)) {
		user.uid = spool_inside_int(st, 0);
		spool_inside_text(st, 1, user.user_id, sizeof user.user_id);
		spool_inside_text(st, 2, user.name, sizeof user.name);
		user.privilege = (int)spool_inside_int(st, 3);
		each(arg, &user);
	}
	return spool_inside_unlock(s, ok);
}

/* ---- what `status` shows ------------------------------------------------ */

bool
spool_place_load(struct spool *s, const char *name, struct spool_place *place)
{
	struct sqlite3_stmt *st;
	bool ok = true, found;

	*place = (struct spool_place){
		.reached_at = SPOOL_NONE, .log_count = SPOOL_NONE,
		.log_capacity = SPOOL_NONE, .clock_offset = SPOOL_NONE,
	};
	text_copy(place->name, sizeof place->name, name);
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_PLACE_LOAD, "t", name);
	found = spool_inside_row(s, st, &ok);
	if (found) {
		spool_inside_text(st, 0, place->sn, sizeof place->sn);
		place->reached_at = spool_inside_int(st, 1);
		place->log_count = spool_inside_int(st, 2);
		place->log_capacity = spool_inside_int(st, 3);
		place->clock_offset = spool_inside_int(st, 4);
		spool_inside_text(st, 5, place->error, sizeof place->error);
	}
	spool_inside_reset(st);
	return spool_inside_unlock(s, found);
}

bool
spool_place_save(struct spool *s, const struct spool_place *p)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_PLACE_SAVE, "ttiiiit", p->name, p->sn, p->reached_at,
		p->log_count, p->log_capacity, p->clock_offset, p->error)));
}

bool
spool_note_save(struct spool *s, const char *name, const char *text)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_NOTE_SAVE, "tt", name, text)));
}

bool
spool_note_load(struct spool *s, const char *name,
                char out[SPOOL_TEXT_MAX + 1])
{
	struct sqlite3_stmt *st;
	bool ok;

	out[0] = '\0';
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_NOTE_LOAD, "t", name);
	if (spool_inside_row(s, st, &ok))
		spool_inside_text(st, 0, out, SPOOL_TEXT_MAX + 1);
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok);
}
