/* terminal.c: one terminal, one thread: what it shows, its life, back-off */
#include "terminal_inside.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define BACKOFF_LEAST_MS 1000
#define MACHINE_ZONE "/etc/localtime"

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

void
terminal_show(struct terminal *t)
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

void
terminal_set_error(struct terminal *t, const char *words)
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

static void *
run(void *arg)
{
	struct terminal *t = arg;
	int pause = 0;

	while (zk_pause(t->zk, pause)) {
		terminal_visit(t);
		pause = clock_backoff_ms(t->attempt++, BACKOFF_LEAST_MS,
		                         (int)t->setup->backoff_most_ms);
	}
	return NULL;
}

static void *
run_once(void *arg)
{
	terminal_visit(arg);
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
