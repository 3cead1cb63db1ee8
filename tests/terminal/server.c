/* server.c: the sockets of the fake terminal and its loop */
#include "tests/terminal/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/terminal/conn.h"
#include "tests/terminal/control.h"
#include "tests/terminal/listen.h"
#include "tests/terminal/udp.h"

#define CONNS 64	/* with those that are dead */
#define CONTROLS 16

struct server {
	struct fake_terminal *terminal;
	int listen_fd, control_fd;
	struct fake_udp udp;
	struct fake_conn conns[CONNS];
	struct fake_orders controls[CONTROLS];
};

enum { SLOT_LISTEN, SLOT_UDP, SLOT_CONTROL, SLOT_CONNS };
#define SLOT_CONTROLS (SLOT_CONNS + CONNS)
#define SLOTS (SLOT_CONTROLS + CONTROLS)

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* ---- listening -----------------------------------------------------------*/

static bool
open_sockets(struct server *sv, char *error, size_t size)
{
	const struct fake_settings *set = &sv->terminal->settings;
	int udp_fd;
	bool fine = fake_listen((enum fake_transport_choice)set->transport,
	                        (uint16_t)set->port, &sv->listen_fd, &udp_fd);

	fake_udp_init(&sv->udp, udp_fd, sv->terminal);
	if (!fine) {
		snprintf(error, size, "port %lld: %s", (long long)set->port,
		         strerror(errno));
		return false;
	}
	if (set->control == NULL)
		return true;
	sv->control_fd = fake_control_listen(set->control);
	if (sv->control_fd < 0)
		snprintf(error, size, "%s: %s", set->control, strerror(errno));
	return sv->control_fd >= 0;
}

/* ---- those who connect ---------------------------------------------------*/

static struct fake_conn *
free_conn(struct server *sv)
{
	for (int i = 0; i < CONNS; i++) {
		if (sv->conns[i].fd < 0)
			return &sv->conns[i];
	}
	return NULL;
}

/* Gone at once, and for the client as if nothing listened. */
static void
refuse_conn(int fd)
{
	struct linger none = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	close(fd);
}

static void
accept_conn(struct server *sv)
{
	int fd = accept4(sv->listen_fd, NULL, NULL,
	                 SOCK_NONBLOCK | SOCK_CLOEXEC);
	const struct fake_settings *set = &sv->terminal->settings;
	unsigned used = fake_session_count(sv->terminal, false);
	struct fake_conn *place = free_conn(sv);
	bool too_many = used >= set->sessions;

	if (fd < 0)
		return;
	if (fake_terminal_away(sv->terminal) > 0) {
		refuse_conn(fd);
	} else if (place == NULL ||
	           (too_many && set->second == FAKE_SECOND_CLOSE)) {
		close(fd);
	} else {
		fake_conn_init(place, fd, sv->terminal);
		if (too_many)
			fake_session_die(&place->session);
	}
}

static void
accept_control(struct server *sv)
{
	int fd = accept4(sv->control_fd, NULL, NULL,
	                 SOCK_NONBLOCK | SOCK_CLOEXEC);

	for (int i = 0; i < CONTROLS && fd >= 0; i++) {
		if (sv->controls[i].fd < 0) {
			sv->controls[i].fd = fd;
			return;
		}
	}
	if (fd >= 0)
		close(fd);
}

/* Those that a power cut left half open stay so. */
static void
drop_conns(struct server *sv)
{
	for (int i = 0; i < CONNS; i++) {
		struct fake_conn *c = &sv->conns[i];

		if (c->fd >= 0 && c->session.life != FAKE_DEAD)
			fake_conn_finish(c);
	}
	fake_udp_drop(&sv->udp);
	sv->terminal->drop = false;
}

/* ---- the loop ------------------------------------------------------------*/

/* Fills in what to wait for; returns for how many ms at most, or -1. */
static int
prepare_poll(struct server *sv, struct pollfd polls[SLOTS])
{
	int least = fake_udp_wait(&sv->udp), wait;

	polls[SLOT_UDP] = (struct pollfd){ sv->udp.fd, POLLIN, 0 };
	polls[SLOT_LISTEN] = (struct pollfd){ sv->listen_fd, POLLIN, 0 };
	polls[SLOT_CONTROL] = (struct pollfd){ sv->control_fd, POLLIN, 0 };
	for (int i = 0; i < CONNS; i++) {
		struct pollfd *p = &polls[SLOT_CONNS + i];

		*p = (struct pollfd){ .fd = sv->conns[i].fd };
		if (p->fd < 0)
			continue;
		p->events = fake_conn_wants(&sv->conns[i], &wait);
		if (wait >= 0 && (least < 0 || wait < least))
			least = wait;
	}
	for (int i = 0; i < CONTROLS; i++)
		polls[SLOT_CONTROLS + i] = (struct pollfd){
			sv->controls[i].fd, POLLIN, 0
		};
	return least;
}

/* Those just accepted have no result of this round and wait for the next. */
static void
serve_round(struct server *sv, const struct pollfd polls[SLOTS])
{
	for (int i = 0; i < CONTROLS; i++) {
		struct fake_orders *c = &sv->controls[i];

		if (polls[SLOT_CONTROLS + i].revents != 0 &&
		    !fake_orders_step(c, sv->terminal))
			fake_orders_finish(c);
	}
	for (int i = 0; i < CONNS; i++) {
		struct fake_conn *c = &sv->conns[i];
		short events = polls[SLOT_CONNS + i].revents;

		if (c->fd >= 0 &&
		    !fake_conn_step(c, (events & ~POLLOUT) != 0))
			fake_conn_finish(c);
	}
	fake_udp_step(&sv->udp, polls[SLOT_UDP].revents != 0);
	if (sv->terminal->drop)
		drop_conns(sv);
	if (polls[SLOT_LISTEN].revents != 0)
		accept_conn(sv);
	if (polls[SLOT_CONTROL].revents != 0)
		accept_control(sv);
}

static void
loop(struct server *sv, const sigset_t *while_waiting)
{
	struct pollfd polls[SLOTS];

	while (!stop) {
		int wait = prepare_poll(sv, polls);
		struct timespec limit = { wait / 1000,
			                  wait % 1000 * 1000000L };

		if (ppoll(polls, SLOTS, wait < 0 ? NULL : &limit,
		          while_waiting) < 0) {
			if (errno == EINTR)
				continue;
			log_die("ppoll: %m");
		}
		serve_round(sv, polls);
	}
}

static void
close_all(struct server *sv)
{
	for (int i = 0; i < CONNS; i++) {
		if (sv->conns[i].fd >= 0)
			fake_conn_finish(&sv->conns[i]);
	}
	for (int i = 0; i < CONTROLS; i++)
		fake_orders_finish(&sv->controls[i]);
	fake_udp_finish(&sv->udp);
	if (sv->listen_fd >= 0)
		close(sv->listen_fd);
	if (sv->control_fd >= 0) {
		close(sv->control_fd);
		unlink(sv->terminal->settings.control);
	}
}

/* They come while waiting only, so none is missed; `before` lets them in. */
static void
catch_signals(sigset_t *before)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, before);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

bool
fake_server_run(struct fake_terminal *t, char *error, size_t size)
{
	static struct server sv;
	sigset_t before;
	bool fine;

	sv = (struct server){ .terminal = t };
	sv.listen_fd = sv.control_fd = sv.udp.fd = -1;
	for (int i = 0; i < CONNS; i++)
		sv.conns[i].fd = -1;
	for (int i = 0; i < CONTROLS; i++)
		sv.controls[i].fd = -1;
	catch_signals(&before);
	fine = open_sockets(&sv, error, size);
	if (fine) {
		printf("ready 127.0.0.1:%u\n", fake_listen_port(
		       sv.listen_fd >= 0 ? sv.listen_fd : sv.udp.fd));
		fflush(stdout);
		loop(&sv, &before);
	}
	close_all(&sv);
	return fine;
}
