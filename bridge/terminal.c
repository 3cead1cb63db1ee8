/* terminal.c: one terminal, one thread: connect, read, listen, back off */
#include "terminal.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest.h"
#include "identity.h"
#include "zk_session.h"

#define BACKOFF_LEAST_MS 1000
#define MACHINE_ZONE "/etc/localtime"

struct terminal {
	const struct setup_terminal *setup;
	const struct terminal_world *world;
	struct zk_session *zk;
	struct harvest harvest;
	struct identity identity;
	struct door *door;
	enum zk_transport transport;	/* tried next, where both may be */
	int attempt;		/* failures in a row */
	bool once;
	pthread_t thread;
	pthread_mutex_t lock;	/* of what follows */
	struct terminal_state state;
	bool changed;
};

const char *
terminal_zone(const char *zone)
{
	const char *environment = getenv("TZ");

	if (zone[0] == '\0' && environment != NULL && environment[0] != '\0')
		zone = environment[0] == ':' ? environment + 1 : environment;
	else if (zone[0] == '\0')
		zone = MACHINE_ZONE;
	clock_local(zone, clock_now_ms());	/* from now on it is only read */
	return zone;
}

/* ---- what others see ---------------------------------------------------- */

/* Copies what the harvest knows; an answer was just given. */
static void
show(struct terminal *t)
{
	const struct harvest *h = &t->harvest;
	struct terminal_state *s = &t->state;

	pthread_mutex_lock(&t->lock);
	s->log_count = h->sizes.known ? h->sizes.records : SPOOL_NONE;
	s->log_capacity = h->sizes.known ? h->sizes.record_capacity
		: SPOOL_NONE;
	s->user_count = h->sizes.known ? h->sizes.users : SPOOL_NONE;
	s->clock_offset = h->clock_offset;
	s->last_punch_local = h->last_punch_local;
	s->reached_at = clock_now_ms();
	t->changed = t->changed || s->nights != h->nights ||
		s->user_lists != h->user_lists;
	s->nights = h->nights;
	s->user_lists = h->user_lists;
	pthread_mutex_unlock(&t->lock);
}

/* "" is well.  Says a change once, here and in the report. */
static void
set_error(struct terminal *t, const char *words)
{
	bool changed;

	pthread_mutex_lock(&t->lock);
	changed = strcmp(t->state.error, words) != 0;
	snprintf(t->state.error, sizeof t->state.error, "%.*s",
	         SPOOL_TEXT_MAX, words);
	t->changed = t->changed || changed;
	pthread_mutex_unlock(&t->lock);
	if (!changed)
		return;
	if (words[0] != '\0')
		log_warn("%s: %s", t->setup->name, words);
	else
		log_info("%s: all is well again", t->setup->name);
	t->world->on_change(t->world->arg);
}

bool
terminal_look(struct terminal *t, struct terminal_state *out)
{
	bool changed;

	pthread_mutex_lock(&t->lock);
	*out = t->state;
	changed = t->changed;
	t->changed = false;
	pthread_mutex_unlock(&t->lock);
	out->is_stranger = identity_is_stranger(&t->identity);
	return changed;
}

static void
on_alive(void *arg)
{
	struct terminal *t = arg;

	pthread_mutex_lock(&t->lock);
	t->state.reached_at = clock_now_ms();
	pthread_mutex_unlock(&t->lock);
}

static void
on_new(void *arg)
{
	struct terminal *t = arg;

	t->world->on_new(t->world->arg);
}

/* ---- what the owner has a say in ---------------------------------------- */

void
terminal_accept_mac(struct terminal *t, const char *sn, const char *mac)
{
	identity_accept(&t->identity, sn, mac);
}

/* Of the harvest. */
static bool
may_write(void *arg)
{
	struct terminal *t = arg;

	return identity_may_write(&t->identity);
}

/* What was held back until the owner's word can be done now. */
static void
heed_news(struct terminal *t)
{
	if (identity_take_news(&t->identity))
		t->harvest.clock_at = 0;
}

/* ---- one connection ----------------------------------------------------- */

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
		set_error(t, words);
		return false;
	}
	text_copy(sn, size, told[0] == '\0' ? wanted : told);
	if (sn[0] == '\0')
		set_error(t, "the terminal does not tell its serial number: "
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
		show(t);
		set_error(t, "");
		t->attempt = 0;
		return true;
	case HARVEST_SPOOL:
		show(t);
		spool_error(t->world->spool, words);
		set_error(t, words);
		return true;
	case HARVEST_ODD:
		show(t);
		set_error(t, t->harvest.words);
		t->attempt = 0;
		return true;
	case HARVEST_LINE:
		set_error(t, zk_error(t->zk));
		return false;
	default:
		return false;
	}
}

/* ---- the door ----------------------------------------------------------- */

struct door *
terminal_door(struct terminal *t)
{
	return t->door;
}

/* The server has said something that the terminal must hear of. */
static void
on_work(void *arg)
{
	struct terminal *t = arg;

	zk_nudge(t->zk);
}

static void
on_news(void *arg)
{
	struct terminal *t = arg;

	t->world->on_change(t->world->arg);
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
		set_error(t, zk_error(t->zk));
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
		show(t);	/* what is wrong stays so until the next poll */
		ask = clock_mono_ms() + t->setup->keepalive_ms;
	}
	heed_news(t);
	if (rc == ZK_OK)
		return true;
	if (rc != ZK_STOPPED)
		set_error(t, zk_error(t->zk));
	return false;
}

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
			set_error(t, words);
			return rc;
		}
	}
	if (rc != ZK_OK && rc != ZK_STOPPED)
		set_error(t, zk_error(t->zk));
	return rc;
}

/* From connection to disconnection. */
static void
visit(struct terminal *t)
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
		set_error(t, zk_error(t->zk));
	door_part(t->door);
	zk_disconnect(t->zk);
	harvest_end(&t->harvest);
}

static void *
run(void *arg)
{
	struct terminal *t = arg;
	int pause = 0;

	while (zk_pause(t->zk, pause)) {
		visit(t);
		pause = clock_backoff_ms(t->attempt++, BACKOFF_LEAST_MS,
		                         (int)t->setup->backoff_most_ms);
	}
	return NULL;
}

static void *
run_once(void *arg)
{
	visit(arg);
	return NULL;
}

/* ---- the thread --------------------------------------------------------- */

/* What was known when the bridge last ran: a dead terminal has a serial too. */
static void
recall(struct terminal *t)
{
	struct terminal_state *s = &t->state;
	struct spool_place place;

	s->name = t->setup->name;
	spool_place_load(t->world->spool, s->name, &place);
	memcpy(s->sn, place.sn, sizeof s->sn);
	if (t->setup->serial[0] != '\0')
		text_copy(s->sn, sizeof s->sn, t->setup->serial);
	s->reached_at = place.reached_at;
	s->log_count = place.log_count;
	s->log_capacity = place.log_capacity;
	s->clock_offset = place.clock_offset;
	s->user_count = s->last_punch_local = SPOOL_NONE;
}

static struct zk_session *
make_session(struct terminal *t)
{
	const struct setup_terminal *setup = t->setup;
	struct zk_options options = {
		.host = setup->host, .port = (int)setup->port,
		.comm_key = (uint32_t)setup->comm_key,
		.timeout_ms = (int)setup->timeout_ms,
		.bulk_timeout_ms = (int)setup->bulk_timeout_ms,
		.transport = t->transport,
	};

	return zk_create(&options, harvest_event, &t->harvest);
}

struct terminal *
terminal_create(const struct setup_terminal *setup,
                const struct terminal_world *world)
{
	struct terminal *t = calloc(1, sizeof *t);

	if (t == NULL)
		log_die("out of memory");
	t->setup = setup;
	t->world = world;
	t->transport = setup->transport == SETUP_UDP ? ZK_UDP : ZK_TCP;
	t->zk = make_session(t);
	t->harvest = (struct harvest){
		.zk = t->zk, .spool = world->spool, .name = setup->name,
		.zone = world->zone, .is_zone_sure = world->is_zone_sure,
		.charset = setup->charset, .clock_sync = setup->clock_sync,
		.may_write = may_write, .on_new = on_new,
		.on_alive = on_alive, .arg = t,
		.clock_offset = SPOOL_NONE, .last_punch_local = SPOOL_NONE,
	};
	pthread_mutex_init(&t->lock, NULL);
	identity_init(&t->identity, world->spool, setup->name);
	t->door = door_create(setup->name, &(struct door_world){
		.spool = world->spool, .zone = world->zone,
		.grace_ms = world->grace_ms, .on_work = on_work,
		.on_news = on_news, .arg = t });
	recall(t);
	return t;
}

static void
start(struct terminal *t, void *(*how)(void *arg))
{
	if (pthread_create(&t->thread, NULL, how, t) != 0)
		log_die("cannot start a thread");
}

void
terminal_start(struct terminal *t)
{
	start(t, run);
}

void
terminal_start_once(struct terminal *t)
{
	t->once = true;
	start(t, run_once);
}

void
terminal_stop(struct terminal *t)
{
	zk_interrupt(t->zk);
}

void
terminal_join(struct terminal *t)
{
	pthread_join(t->thread, NULL);
}

void
terminal_destroy(struct terminal *t)
{
	if (t == NULL)
		return;
	zk_destroy(t->zk);
	harvest_finish(&t->harvest);
	identity_finish(&t->identity);
	door_destroy(t->door);
	pthread_mutex_destroy(&t->lock);
	free(t);
}
