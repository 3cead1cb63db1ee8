/* test_terminal.c: when a terminal is read, and whose punch is whose */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "terminal.h"
#include "zk_packet.h"

#define PATIENCE_MS 10000
#define MORNING INT64_C(1768458600)	/* 2026-01-15 06:30:00 */
#define EVENING (MORNING + 12 * 3600)
#define USER_BYTES 28

/* ---- a terminal with users, a log of 8-byte records, and events --------- */

struct fake {
	int listener, port;
	pthread_t thread;
	pthread_mutex_t lock;	/* of what follows */
	const char *serial;
	struct buf users, log;
	uint32_t user_count;	/* that it claims */
	uint16_t event_on;	/* a command: before its answer comes an event */
	unsigned event_skip;	/* so many of those first */
	uint16_t event_uid;
	int64_t event_local;
	unsigned logs_read;
	bool full;		/* the oldest record makes room for an event's */
	bool drop, stop;
};

static void
put_user(struct fake *f, uint16_t uid, uint32_t user_id)
{
	static const uint8_t zeroes[USER_BYTES];

	zk_put_u16(&f->users, uid);
	buf_append(&f->users, zeroes, 22);
	zk_put_u32(&f->users, user_id);
	f->user_count++;
}

static void
no_users(struct fake *f)
{
	buf_reset(&f->users);
	f->user_count = 0;
}

static void
put_record(struct fake *f, uint16_t uid, int64_t local)
{
	zk_put_u16(&f->log, uid);
	zk_put_u8(&f->log, 1);
	zk_put_u32(&f->log, zk_time_encode(local));
	zk_put_u8(&f->log, 0);
}

static void
put_event(struct fake *f, struct buf *out)
{
	struct clock_date d = clock_split(f->event_local);
	struct buf data = BUF_INIT;

	zk_put_u16(&data, f->event_uid);
	zk_put_u16(&data, 1);
	zk_put_u8(&data, (uint8_t)(d.year - 2000));
	zk_put_u8(&data, (uint8_t)d.month);
	zk_put_u8(&data, (uint8_t)d.day);
	zk_put_u8(&data, (uint8_t)d.hour);
	zk_put_u8(&data, (uint8_t)d.minute);
	zk_put_u8(&data, (uint8_t)d.second);
	zk_packet_format(out, true, ZK_EVENT, ZK_EVENT_PUNCH, 0, data.data,
	                 data.len);
	buf_finish(&data);
	f->event_on = 0;
}

static void
put_sizes(struct fake *f, struct buf *data)
{
	for (uint32_t at = 0; at < 92; at += 4)
		zk_put_u32(data, at == 16 ? f->user_count : at == 32
		           ? (uint32_t)f->log.len / 8 : at == 64
		           ? f->full ? (uint32_t)f->log.len / 8 : 1000 : 0);
}

static uint16_t
put_answer(struct fake *f, const struct zk_packet *rq, struct buf *data)
{
	const struct buf *table = &f->users;

	switch (rq->command) {
	case ZK_OPTION_READ:
		buf_appendf(data, "~SerialNumber=%s", f->serial);
		return ZK_ACK_OK;
	case ZK_FREE_SIZES:
		put_sizes(f, data);
		return ZK_ACK_OK;
	case ZK_TIME_READ:
		return ZK_ACK_ERROR;
	case ZK_BUFFER_PREPARE:
		if (rq->data[1] == ZK_LOG_READ) {
			table = &f->log;
			f->logs_read++;
		}
		zk_put_u32(data, (uint32_t)table->len);
		buf_append(data, table->data, table->len);
		return ZK_DATA;
	default:
		return ZK_ACK_OK;
	}
}

static void
answer(struct fake *f, int fd, const struct zk_packet *rq)
{
	struct buf out = BUF_INIT, data = BUF_INIT;
	uint16_t code;
	bool told;

	if (rq->command == ZK_ACK_OK)
		return;
	pthread_mutex_lock(&f->lock);
	told = f->event_on == rq->command && f->event_skip-- == 0;
	if (told)
		put_event(f, &out);
	code = put_answer(f, rq, &data);
	if (told && f->full) {
		buf_consume(&f->log, 8);
		put_record(f, f->event_uid, f->event_local);
	}
	pthread_mutex_unlock(&f->lock);
	zk_packet_format(&out, true, code, 1, rq->reply, data.data, data.len);
	send(fd, out.data, out.len, MSG_NOSIGNAL);
	buf_finish(&out);
	buf_finish(&data);
}

static bool
is_over(struct fake *f)
{
	bool over;

	pthread_mutex_lock(&f->lock);
	over = f->drop || f->stop;
	f->drop = false;
	pthread_mutex_unlock(&f->lock);
	return over;
}

static void
talk(struct fake *f, int fd)
{
	struct buf in = BUF_INIT;
	struct zk_packet rq;
	char piece[4096];
	size_t taken;
	ssize_t got;

	while (!is_over(f) && (got = recv(fd, piece, sizeof piece, 0)) > 0) {
		buf_append(&in, piece, (size_t)got);
		while (zk_frame_parse((uint8_t *)in.data, in.len, &rq,
		                      &taken) == ZK_FRAME_READY) {
			answer(f, fd, &rq);
			buf_consume(&in, taken);
		}
	}
	buf_finish(&in);
}

static void *
serve(void *arg)
{
	struct fake *f = arg;
	int fd;

	while ((fd = accept(f->listener, NULL, NULL)) >= 0) {
		talk(f, fd);
		close(fd);
	}
	return NULL;
}

static void
start_fake(struct fake *f)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	pthread_mutex_init(&f->lock, NULL);
	f->serial = "SN-ONE";
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(f->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(f->listener, 5), 0);
	assert_int_equal(getsockname(f->listener, (struct sockaddr *)&at,
	                             &size), 0);
	f->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

/* ---- a bridge for it ---------------------------------------------------- */

struct gym {
	char folder[64];
	struct buf path;
	struct fake fake;
	struct setup_terminal setup;
	struct terminal_world world;
	struct terminal *terminal;
	struct spool *spool;
};

static void
nothing(void *arg)
{
	(void)arg;
}

static const atomic_bool sure = true;

static int
set_up(void **state)
{
	struct gym *g = calloc(1, sizeof *g);
	const char *tmp = getenv("TMPDIR");
	enum spool_fault fault;
	char error[300] = "";

	assert_non_null(g);
	snprintf(g->folder, sizeof g->folder, "%.40s/terminal-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(g->folder));
	buf_appendf(&g->path, "%s/spool.db", g->folder);
	g->spool = spool_open(g->path.data, SPOOL_OWN, &fault, error,
	                      sizeof error);
	assert_non_null(g->spool);
	start_fake(&g->fake);
	g->setup = (struct setup_terminal){
		.port = g->fake.port,
		.poll_ms = 50, .keepalive_ms = 1000, .timeout_ms = 2000, .bulk_timeout_ms = 2000,
		.backoff_most_ms = 100, .live = true,
	};
	g->setup.name = strdup("door");
	g->setup.host = strdup("127.0.0.1");
	g->setup.serial = strdup("");
	g->setup.charset = strdup("UTF-8");
	g->world = (struct terminal_world){ g->spool, "UTC", &sure, nothing,
		                            nothing, 0, NULL };
	*state = g;
	return 0;
}

static void
open_door(struct gym *g)
{
	terminal_zone("UTC");
	g->terminal = terminal_create(&g->setup, &g->world);
	terminal_start(g->terminal);
}

static int
tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct gym *g = *state;

	if (g->terminal != NULL) {
		terminal_stop(g->terminal);
		terminal_join(g->terminal);
		terminal_destroy(g->terminal);
	}
	shutdown(g->fake.listener, SHUT_RDWR);
	pthread_join(g->fake.thread, NULL);
	close(g->fake.listener);
	pthread_mutex_destroy(&g->fake.lock);
	buf_finish(&g->fake.users);
	buf_finish(&g->fake.log);
	spool_close(g->spool);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct buf file = BUF_INIT;

		buf_appendf(&file, "%s%s", g->path.data, ends[i]);
		unlink(file.data);
		buf_finish(&file);
	}
	assert_int_equal(rmdir(g->folder), 0);
	buf_finish(&g->path);
	free(g->setup.name);
	free(g->setup.host);
	free(g->setup.serial);
	free(g->setup.charset);
	free(g);
	return 0;
}

/* ---- what came of it ---------------------------------------------------- */

static void
nap(void)
{
	usleep(5000);
}

static size_t
waiting(struct gym *g, struct spool_item items[10])
{
	size_t count;

	assert_true(spool_next(g->spool, items, 10, &count));
	return count;
}

static void
await_punches(struct gym *g, size_t n, struct spool_item items[10])
{
	int64_t deadline = clock_mono_ms() + PATIENCE_MS;

	while (waiting(g, items) < n && clock_mono_ms() < deadline)
		nap();
	assert_int_equal(waiting(g, items), n);
}

static unsigned
logs_read(struct gym *g)
{
	unsigned count;

	pthread_mutex_lock(&g->fake.lock);
	count = g->fake.logs_read;
	pthread_mutex_unlock(&g->fake.lock);
	return count;
}

/* The log is read on two new connections: the first has come to its end. */
static void
await_readings(struct gym *g)
{
	for (int i = 0; i < 2; i++) {
		int64_t deadline = clock_mono_ms() + PATIENCE_MS;
		unsigned since = logs_read(g);

		pthread_mutex_lock(&g->fake.lock);
		g->fake.drop = true;
		pthread_mutex_unlock(&g->fake.lock);
		while (logs_read(g) <= since && clock_mono_ms() < deadline)
			nap();
		assert_true(logs_read(g) > since);
	}
}

static int64_t
set_aside(struct gym *g)
{
	struct spool_counts counts;

	assert_true(spool_count(g->spool, spool_terminal(g->spool, "SN-ONE"),
	                        &counts));
	return counts.aside;
}

static void
assert_punch(const struct spool_item *item, const char *sn,
             const char *user_id, int64_t local)
{
	assert_string_equal(item->sn, sn);
	assert_string_equal(item->user_id, user_id);
	assert_int_equal(item->local, local);
}

/* ---- tests -------------------------------------------------------------- */

/* The same uid is somebody else in the terminal that takes its place. */
static void
a_new_terminal_brings_its_own_users(void **state)
{
	static const uint16_t moments[] = { ZK_OPTION_READ, ZK_EVENT };
	struct gym *g = *state;
	struct spool_item items[10];

	put_user(&g->fake, 7, 1007);
	put_record(&g->fake, 7, MORNING);
	open_door(g);
	await_punches(g, 1, items);
	assert_punch(&items[0], "SN-ONE", "1007", MORNING);
	for (size_t i = 0; i < 2; i++) {
		int64_t local = EVENING + (int64_t)i;

		pthread_mutex_lock(&g->fake.lock);
		g->fake.serial = "SN-TWO";
		no_users(&g->fake);
		put_user(&g->fake, 7, 2001);
		if (i == 0)
			buf_reset(&g->fake.log);
		put_record(&g->fake, 7, local);
		g->fake.event_on = moments[i];
		g->fake.event_uid = 7;
		g->fake.event_local = local;
		g->fake.drop = true;
		pthread_mutex_unlock(&g->fake.lock);
		await_punches(g, 2 + i, items);
		assert_punch(&items[1 + i], "SN-TWO", "2001", local);
	}
	await_readings(g);
	await_punches(g, 3, items);
}

/* An event may tell of a uid that somebody else had a minute ago. */
static void
a_uid_that_changes_hands_is_given_to_its_new_owner(void **state)
{
	struct gym *g = *state;
	struct spool_item items[10];

	put_user(&g->fake, 7, 1007);
	put_record(&g->fake, 7, MORNING);
	open_door(g);
	await_punches(g, 1, items);
	for (uint32_t i = 0; i < 2; i++) {
		pthread_mutex_lock(&g->fake.lock);
		no_users(&g->fake);
		put_user(&g->fake, 7, 2001 + i);
		put_record(&g->fake, 7, EVENING + i);
		g->fake.event_on = i == 0 ? 0 : ZK_FREE_SIZES;
		g->fake.event_uid = 7;
		g->fake.event_local = EVENING + i;
		pthread_mutex_unlock(&g->fake.lock);
		await_punches(g, 2 + i, items);
		assert_punch(&items[1 + i], "SN-ONE", i == 0 ? "2001" : "2002",
		             EVENING + i);
	}
}

/* Who punched is gone; whoever has the uid next did not. */
static void
a_punch_of_a_deleted_user_stays_nobodys(void **state)
{
	struct gym *g = *state;
	struct spool_item items[10];

	put_user(&g->fake, 8, 1008);
	put_record(&g->fake, 7, MORNING);
	put_record(&g->fake, 8, MORNING);
	open_door(g);
	await_punches(g, 1, items);
	assert_punch(&items[0], "SN-ONE", "1008", MORNING);
	await_readings(g);
	assert_int_equal(set_aside(g), 1);
	pthread_mutex_lock(&g->fake.lock);
	put_user(&g->fake, 7, 2001);
	pthread_mutex_unlock(&g->fake.lock);
	await_readings(g);
	await_punches(g, 1, items);
	assert_int_equal(set_aside(g), 1);
}

/* A table of users that comes empty does not make everybody nobody. */
static void
users_that_do_not_come_are_waited_for(void **state)
{
	struct gym *g = *state;
	struct spool_item items[10];

	g->fake.user_count = 1;
	put_record(&g->fake, 7, MORNING);
	open_door(g);
	await_readings(g);
	await_punches(g, 0, items);
	assert_int_equal(set_aside(g), 0);
	pthread_mutex_lock(&g->fake.lock);
	no_users(&g->fake);
	put_user(&g->fake, 7, 1007);
	pthread_mutex_unlock(&g->fake.lock);
	await_punches(g, 1, items);
	assert_punch(&items[0], "SN-ONE", "1007", MORNING);
}

/* A year that never was must not put off the readings of all the nights. */
static void
a_clock_that_jumped_ahead_costs_no_night(void **state)
{
	struct gym *g = *state;
	struct terminal_state seen;
	struct buf path = BUF_INIT;
	unsigned before;
	int64_t deadline = clock_mono_ms() + PATIENCE_MS;
	FILE *file;

	buf_appendf(&path, "%s/clock", g->folder);
	file = fopen(path.data, "w");
	assert_non_null(file);
	fprintf(file, "%lld", 3650ll * CLOCK_DAY_SECONDS * 1000);
	fclose(file);
	setenv("GYMGATE_TEST_CLOCK", path.data, 1);
	put_user(&g->fake, 7, 1007);
	put_record(&g->fake, 7, MORNING);
	open_door(g);
	do {
		nap();
		terminal_look(g->terminal, &seen);
	} while (seen.log_count != 1 && clock_mono_ms() < deadline);
	before = logs_read(g);
	assert_int_equal(unlink(path.data), 0);	/* the right time again */
	while (logs_read(g) == before && clock_mono_ms() < deadline)
		nap();
	assert_true(logs_read(g) > before);
	unsetenv("GYMGATE_TEST_CLOCK");
	buf_finish(&path);
}

static int64_t
count_waiting(struct gym *g)
{
	struct spool_counts counts;

	assert_true(spool_count(g->spool, spool_terminal(g->spool, "SN-ONE"),
	                        &counts));
	return counts.waiting;
}

static void
await_waiting(struct gym *g, int64_t n)
{
	int64_t deadline = clock_mono_ms() + PATIENCE_MS;

	while (count_waiting(g) < n && clock_mono_ms() < deadline)
		nap();
	assert_int_equal(count_waiting(g), n);
}

/* The count of a full log tells nothing: only the event asks for a reading. */
static void
an_event_in_the_middle_of_a_reading_asks_for_another(void **state)
{
	struct gym *g = *state;

	put_user(&g->fake, 7, 1007);
	for (int i = 0; i < 9000; i++)
		put_record(&g->fake, 7, MORNING + i);
	g->fake.full = true;
	open_door(g);
	await_waiting(g, 9000);
	await_readings(g);
	pthread_mutex_lock(&g->fake.lock);
	g->fake.event_on = ZK_BUFFER_PREPARE;
	g->fake.event_skip = 2;		/* log for the users, users, log */
	g->fake.event_uid = 7;
	g->fake.event_local = EVENING;
	g->fake.drop = true;
	pthread_mutex_unlock(&g->fake.lock);
	await_waiting(g, 9001);
}

int
main(void)
{
#define GYM_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		GYM_TEST(a_clock_that_jumped_ahead_costs_no_night),
		GYM_TEST(a_new_terminal_brings_its_own_users),
		GYM_TEST(a_punch_of_a_deleted_user_stays_nobodys),
		GYM_TEST(a_uid_that_changes_hands_is_given_to_its_new_owner),
		GYM_TEST(an_event_in_the_middle_of_a_reading_asks_for_another),
		GYM_TEST(users_that_do_not_come_are_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
