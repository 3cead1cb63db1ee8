/* writes.c: what clients write and clear in the fake terminal */
#include "tests/terminal/session.h"

/* What CLEAR_DATA clears; without data, everything. */
#define CLEAR_LOG 1
#define CLEAR_USERS 5

#define USER_DISABLED 1	/* bit of the privilege */

/* Some firmware knows better who may enter. */
static void
ignore_lever(const struct fake_terminal *t, struct wire_user *user,
             const struct wire_user *old)
{
	uint8_t bit = old->privilege & USER_DISABLED;

	if (t->settings.ignores == FAKE_IGNORES_NOTHING)
		return;
	wire_set_privilege(user, (user->privilege & ~USER_DISABLED) | bit);
	if (t->settings.ignores == FAKE_IGNORES_ALL)
		wire_set_access(user, &old->access);
}

static bool
store_user(struct fake_terminal *t, const struct fake_request *rq)
{
	struct fake_store *st = &t->store;
	size_t size = t->settings.user_form == 0 ? 28 : 72;
	struct wire_user user, *old;

	if (rq->len != size || !wire_get_user(&user, rq->data, size))
		return false;
	old = fake_store_slot(st, user.uid);
	if (old != NULL)
		ignore_lever(t, &user, old);
	else if ((int64_t)st->user_count >= t->settings.user_capacity)
		return false;
	if (!fake_store_write_user(st, &user))
		return false;
	old = fake_store_slot(st, user.uid);
	old->writes++;
	if (t->settings.drop_templates)
		fake_store_set_fingers(st, old, 0);
	return true;
}

/* Is this the write after which power goes, and nobody hears of it? */
static bool
crashes(struct fake_terminal *t)
{
	struct fake_crash *c = &t->crash;

	if (c->writes == 0 || --c->writes > 0)
		return false;
	t->power_cut = true;
	t->power_cut_ms = c->away_ms;
	return c->silent;
}

void
fake_write_user(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_terminal *t = s->terminal;
	uint16_t code = (uint16_t)t->settings.user_code;

	if (code == 0)
		code = store_user(t, rq) ? CODE_ACK_OK : CODE_ACK_ERROR;
	fake_store_save(&t->store);
	if (code != CODE_ACK_OK) {
		t->counts.refused_writes++;
	} else {
		t->counts.writes++;
		if (crashes(t))
			return;
	}
	fake_answer_code(s, rq, code);
}

void
fake_write_delete(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_store *st = &s->terminal->store;
	struct wire_user *u = rq->len < 2 ? NULL :
		fake_store_slot(st, wire_get16(rq->data));

	if (u != NULL)
		fake_store_delete_user(st, u);
	fake_store_save(st);
	fake_answer_code(s, rq, u != NULL ? CODE_ACK_OK : CODE_ACK_ERROR);
}

void
fake_write_clear_log(struct fake_session *s, const struct fake_request *rq)
{
	s->terminal->counts.cleared++;
	fake_store_clear(&s->terminal->store);
	fake_store_save(&s->terminal->store);
	fake_answer_code(s, rq, CODE_ACK_OK);
}

void
fake_write_clear(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_store *st = &s->terminal->store;
	bool all = rq->len == 0;

	if (all || rq->data[0] == CLEAR_USERS)
		fake_store_clear_users(st);
	if (all || rq->data[0] == CLEAR_LOG) {
		fake_write_clear_log(s, rq);
		return;
	}
	fake_store_save(st);
	fake_answer_code(s, rq, CODE_ACK_OK);
}
