/* writes.c: what clients write and clear in the fake terminal */
#include "tests/terminal/session.h"

/* What CLEAR_DATA clears; without data, everything. */
#define CLEAR_LOG 1
#define CLEAR_USERS 5

void
fake_write_user(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_terminal *t = s->terminal;
	size_t size = t->settings.user_form == 0 ? 28 : 72;
	struct wire_user user;
	bool fine = rq->len == size && wire_get_user(&user, rq->data, size) &&
		(fake_store_slot(&t->store, user.uid) != NULL ||
		 (int64_t)t->store.user_count < t->settings.user_capacity) &&
		fake_store_write_user(&t->store, &user);

	t->counts.writes += fine;
	fake_store_save(&t->store);
	fake_answer_code(s, rq, fine ? CODE_ACK_OK : CODE_ACK_ERROR);
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
