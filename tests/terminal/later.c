/* later.c: what a session of the fake terminal sends at a later time */
#include "tests/terminal/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define AGAIN_MS 3000
#define AGAIN_MOST 3
#define UNACKED_MOST 64

struct fake_later {
	struct fake_later *next;
	int64_t at;
	enum fake_shape shape;
	size_t len;
	uint8_t packet[];
};

struct fake_event {
	struct fake_event *next;
	int64_t again_at;
	int left;		/* how often it goes out yet */
	size_t len;
	uint8_t data[];
};

static void *
obtain(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		log_die("out of memory");
	return p;
}

void
fake_session_later(struct fake_session *s, int64_t at, enum fake_shape shape,
                   const void *packet, size_t len)
{
	struct fake_later *new = obtain(sizeof *new + len);
	struct fake_later **place = &s->later;

	*new = (struct fake_later){ .at = at, .shape = shape, .len = len };
	memcpy(new->packet, packet, len);
	if (s->later_last != NULL && s->later_last->at <= at)
		place = &s->later_last->next;
	while (*place != NULL && (*place)->at <= at)
		place = &(*place)->next;
	new->next = *place;
	*place = new;
	if (new->next == NULL)
		s->later_last = new;
}

void
fake_session_due(struct fake_session *s, int64_t now)
{
	struct fake_later *first;

	while ((first = s->later) != NULL && first->at <= now) {
		s->later = first->next;
		if (s->later == NULL)
			s->later_last = NULL;
		if (s->life == FAKE_ALIVE)
			s->transport->emit(s->arg, first->shape, first->packet,
			                   first->len);
		free(first);
	}
}

/* ---- events that nobody acknowledged -------------------------------------*/

void
fake_session_await_ack(struct fake_session *s, const struct buf *data)
{
	struct fake_event **place = &s->unacked, *new;
	int count = 0;

	for (; *place != NULL; place = &(*place)->next)
		count++;
	if (count == UNACKED_MOST)
		return;
	new = obtain(sizeof *new + data->len);
	*new = (struct fake_event){
		.again_at = clock_mono_ms() + AGAIN_MS,
		.left = AGAIN_MOST,
		.len = data->len,
	};
	memcpy(new->data, data->data, data->len);
	*place = new;
}

static void
drop_first(struct fake_event **place)
{
	struct fake_event *first = *place;

	*place = first->next;
	free(first);
}

void
fake_session_acked(struct fake_session *s)
{
	if (s->unacked != NULL)
		drop_first(&s->unacked);
}

static void
send_again(struct fake_session *s, int64_t now)
{
	struct fake_event **place = &s->unacked;

	while (*place != NULL) {
		struct fake_event *e = *place;

		if (e->again_at > now) {
			place = &e->next;
			continue;
		}
		e->again_at = now + AGAIN_MS;
		if (s->events != 0)
			fake_session_send(s, CODE_REG_EVENT, FAKE_EVENT_PUNCH,
			                  0, e->data, e->len);
		if (--e->left == 0)
			drop_first(place);
		else
			place = &e->next;
	}
}

/* ---- both ----------------------------------------------------------------*/

void
fake_session_tick(struct fake_session *s, int64_t now)
{
	fake_session_due(s, now);
	send_again(s, now);
}

int
fake_session_wait(const struct fake_session *s, int64_t now)
{
	int64_t next = INT64_MAX;

	if (s->later != NULL)
		next = s->later->at;
	for (const struct fake_event *e = s->unacked; e != NULL; e = e->next)
		next = e->again_at < next ? e->again_at : next;
	if (next == INT64_MAX)
		return -1;
	return next > now ? (int)(next - now) : 0;
}

void
fake_session_forget(struct fake_session *s)
{
	s->life = FAKE_DEAD;
	fake_session_due(s, INT64_MAX);
	while (s->unacked != NULL)
		drop_first(&s->unacked);
}
