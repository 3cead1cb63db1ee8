/* terminal_visit.c: a visit: connect, introduce, read, listen, tend the door */
#include "terminal_inside.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* ---- who is there ------------------------------------------------------- */

/* The serial number decides whose punches these are. */
static bool
check_serial(struct terminal *t, const char *told, char *sn, size_t size)
{
	const char *wanted = t->setup->serial;
	char words[SPOOL_TEXT_MAX + 1];

	if (wanted[0] != '\0' && told[0] != '\0' &&
	    strcmp(wanted, told) != 0) {
		snprintf(words, sizeof words, "the terminal at %.80s says it "
		         "is %.32s, not %.32s: nothing is read from it",
		         t->setup->host, told, wanted);
		terminal_set_error(t, words);
		return false;
	}
	text_copy(sn, size, told[0] == '\0' ? wanted : told);
	if (sn[0] == '\0')
		terminal_set_error(t, "the terminal does not tell its serial number: "
		             "set 'serial'");
	return sn[0] != '\0';
}

/* Who is there?  False, with the error set, when we must not go on. */
static enum zk_result
introduce(struct terminal *t, bool *known)
{
	struct terminal_state new = { .name = "" }, *s = &t->state;
	char told[ZK_SERIAL_MAX + 1];
	enum zk_result rc = zk_read_serial(t->zk, told);

	*known = false;
	if (rc == ZK_OK)
		rc = zk_read_option(t->zk, "~Platform", new.platform,
		                    sizeof new.platform);
	if (rc == ZK_OK)
		rc = zk_read_option(t->zk, "MAC", new.mac, sizeof new.mac);
	if (rc == ZK_OK)
		rc = zk_read_firmware(t->zk, new.firmware,
		                      sizeof new.firmware);
	if (rc != ZK_OK || !check_serial(t, told, new.sn, sizeof new.sn))
		return rc;
	pthread_mutex_lock(&t->lock);
	memcpy(s->sn, new.sn, sizeof s->sn);
	memcpy(s->platform, new.platform, sizeof s->platform);
	memcpy(s->mac, new.mac, sizeof s->mac);
	memcpy(s->firmware, new.firmware, sizeof s->firmware);
	pthread_mutex_unlock(&t->lock);
	identity_meet(&t->identity, new.sn, new.mac);
	*known = true;
	return ZK_OK;
}

/* A terminal that gives no live events is still polled. */
static enum zk_result
listen_live(struct terminal *t)
{
	enum zk_result rc;

	if (!t->setup->live)
		return ZK_OK;
	rc = zk_register_events(t->zk, ZK_EVENT_PUNCH);
	if (rc == ZK_REFUSED)
		log_info("%s: no live events: %s", t->setup->name,
		         zk_error(t->zk));
	return rc == ZK_REFUSED ? ZK_OK : rc;
}

/* Shows the outcome of a poll; false when this connection is over. */
static bool
go_on(struct terminal *t, enum harvest_result result)
{
	char words[SPOOL_TEXT_MAX + 1];

	switch (result) {
	case HARVEST_OK:
		terminal_show(t);
		terminal_set_error(t, "");
		t->attempt = 0;
		return true;
	case HARVEST_SPOOL:
		terminal_show(t);
		spool_error(t->world->spool, words);
		terminal_set_error(t, words);
		return true;
	case HARVEST_ODD:
		terminal_show(t);
		terminal_set_error(t, t->harvest.words);
		t->attempt = 0;
		return true;
	case HARVEST_LINE:
		terminal_set_error(t, zk_error(t->zk));
		return false;
	default:
		return false;
	}
}

/* ---- while it lasts ------------------------------------------------------ */

/* What was held back until the owner's word can be done now. */
static void
heed_news(struct terminal *t)
{
	if (identity_take_news(&t->identity))
		t->harvest.clock_at = 0;
}

/* Opens and closes as the list and the orders say; false: the line is gone. */
static bool
tend_door(struct terminal *t)
{
	const struct harvest *h = &t->harvest;
	const struct door_line line = {
		.zk = t->zk, .users = h->sizes.known ? h->sizes.users : 0,
		.clock_offset = h->clock_offset,
		.may_write = identity_may_write(&t->identity),
	};
	enum zk_result rc;

	if (t->once || !door_is_due(t->door, line.users))
		return true;
	rc = door_work(t->door, &line);
	if (rc != ZK_OK && rc != ZK_STOPPED)
		terminal_set_error(t, zk_error(t->zk));
	return rc == ZK_OK;
}

/* Until the next poll; a line that is silent for long is asked for life. */
static bool
stay(struct terminal *t)
{
	int64_t until = clock_mono_ms() + t->setup->poll_ms;
	int64_t ask = clock_mono_ms() + t->setup->keepalive_ms;
	enum harvest_result alive;
	enum zk_result rc = ZK_OK;

	while (rc == ZK_OK && clock_left_ms(until) > 0) {
		rc = zk_wait(t->zk, clock_left_ms(ask < until ? ask : until));
		if (rc != ZK_OK || harvest_is_hurried(&t->harvest))
			break;
		if (!tend_door(t))
			return false;
		if (clock_left_ms(until) <= 0 || clock_left_ms(ask) > 0)
			continue;
		alive = harvest_ask(&t->harvest);
		if (alive != HARVEST_OK)
			return go_on(t, alive);
		terminal_show(t);	/* but what is wrong stays so */
		ask = clock_mono_ms() + t->setup->keepalive_ms;
	}
	heed_news(t);
	if (rc == ZK_OK)
		return true;
	if (rc != ZK_STOPPED)
		terminal_set_error(t, zk_error(t->zk));
	return false;
}

/* ---- from connection to disconnection ------------------------------------ */

static void
announce(struct terminal *t)
{
	log_info("%s: connected to %s (%s), %u records, clock %+lld s",
	         t->setup->name, t->state.sn, t->state.firmware,
	         (unsigned)t->harvest.sizes.records,
	         t->harvest.clock_offset == SPOOL_NONE ? 0ll
	         : (long long)t->harvest.clock_offset);
	pthread_mutex_lock(&t->lock);
	t->state.connections++;
	t->changed = true;
	pthread_mutex_unlock(&t->lock);
	t->world->on_change(t->world->arg);
}

/* All is well only once the log was read. */
static bool
begin(struct terminal *t)
{
	enum harvest_result result = harvest_begin(&t->harvest, t->state.sn);

	if (result == HARVEST_OK)
		return true;
	go_on(t, result);	/* shows why */
	return false;
}

static enum zk_result
connect_over(struct terminal *t, enum zk_transport transport)
{
	zk_set_transport(t->zk, transport);
	return zk_connect(t->zk);
}

/*
 * Over TCP; where the configuration leaves it open and nobody answers that,
 * over UDP.  What worked is tried first the next time; where neither does, the
 * trouble with TCP is told.
 */
static enum zk_result
connect_somehow(struct terminal *t)
{
	enum zk_transport other = t->transport == ZK_TCP ? ZK_UDP : ZK_TCP;
	char words[SPOOL_TEXT_MAX + 1];
	enum zk_result rc = connect_over(t, t->transport);

	if (t->setup->transport == SETUP_ANY_TRANSPORT &&
	    (rc == ZK_CLOSED || rc == ZK_TIMEOUT)) {
		snprintf(words, sizeof words, "%s", zk_error(t->zk));
		rc = connect_over(t, other);
		if (rc != ZK_CLOSED && rc != ZK_TIMEOUT)
			t->transport = other;
		else if (other == ZK_UDP) {
			terminal_set_error(t, words);
			return rc;
		}
	}
	if (rc != ZK_OK && rc != ZK_STOPPED)
		terminal_set_error(t, zk_error(t->zk));
	return rc;
}

void
terminal_visit(struct terminal *t)
{
	bool known = false;
	enum zk_result rc;

	if (connect_somehow(t) != ZK_OK)
		return;
	rc = introduce(t, &known);
	if (rc == ZK_OK && known && begin(t)) {
		rc = t->once ? ZK_OK : listen_live(t);
		if (rc == ZK_OK && go_on(t, harvest_poll(&t->harvest))) {
			door_meet(t->door, t->harvest.terminal);
			announce(t);
			while (!t->once && tend_door(t) && stay(t) &&
			       go_on(t, harvest_poll(&t->harvest)))
				;
		}
	}
	if (rc != ZK_OK && rc != ZK_STOPPED)
		terminal_set_error(t, zk_error(t->zk));
	door_part(t->door);
	zk_disconnect(t->zk);
	harvest_end(&t->harvest);
}
