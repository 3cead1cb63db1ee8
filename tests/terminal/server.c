/* server.c: the sockets of the fake terminal and its loop */
#include "tests/terminal/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/terminal/conn.h"
#include "tests/terminal/control.h"

#define CONNS 16
#define CONTROLS 16
#define LINE_MOST 4096

/* Somebody who gives orders. */
struct control {
	int fd;			/* -1: this slot is free */
	struct buf in, out;
};

struct server {
	struct fake_terminal *terminal;
	int listen_fd, control_fd;
	struct fake_conn conns[CONNS];
	struct control controls[CONTROLS];
};

enum { SLOT_LISTEN, SLOT_CONTROL, SLOT_CONNS };
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

static int
listen_tcp(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int yes = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
	    bind(fd, (void *)&address, sizeof address) == 0 &&
	    listen(fd, 16) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
say_ready(int listen_fd)
{
	struct sockaddr_in address = { 0 };
	socklen_t len = sizeof address;

	getsockname(listen_fd, (void *)&address, &len);
	printf("ready 127.0.0.1:%u\n", ntohs(address.sin_port));
	fflush(stdout);
}

static bool
open_sockets(struct server *sv, char *error, size_t size)
{
	const struct fake_settings *set = &sv->terminal->settings;

	sv->listen_fd = listen_tcp((uint16_t)set->port);
	if (sv->listen_fd < 0) {
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

static void
accept_conn(struct server *sv)
{
	int fd = accept4(sv->listen_fd, NULL, NULL,
	                 SOCK_NONBLOCK | SOCK_CLOEXEC);
	int64_t most = sv->terminal->settings.sessions;
	struct fake_conn *place = NULL;
	int64_t used = 0;

	if (fd < 0)
		return;
	for (int i = 0; i < CONNS; i++) {
		if (sv->conns[i].fd >= 0)
			used++;
		else
			place = &sv->conns[i];
	}
	if (used < most && place != NULL)
		fake_conn_init(place, fd, sv->terminal);
	else
		close(fd);
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

static void
control_finish(struct control *c)
{
	if (c->fd >= 0)
		close(c->fd);
	buf_finish(&c->in);
	buf_finish(&c->out);
	c->fd = -1;
}

/* Carries out every whole line that came; false: it is over. */
static bool
control_step(struct control *c, struct fake_terminal *t)
{
	char bytes[LINE_MOST], *end;
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	buf_append(&c->in, bytes, n > 0 ? (size_t)n : 0);
	while ((end = memchr(c->in.data, '\n', c->in.len)) != NULL) {
		*end = '\0';
		fake_control_run(t, c->in.data, &c->out);
		buf_consume(&c->in, (size_t)(end + 1 - c->in.data));
	}
	if (c->in.len > LINE_MOST)
		return false;
	n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);
	if (n < 0)
		return false;	/* who never reads gets nothing more */
	buf_consume(&c->out, (size_t)n);
	return true;
}

static void
drop_conns(struct server *sv)
{
	for (int i = 0; i < CONNS; i++) {
		if (sv->conns[i].fd >= 0)
			fake_conn_finish(&sv->conns[i]);
	}
	sv->terminal->drop = false;
}

/* ---- the loop ------------------------------------------------------------*/

/* Fills in what to wait for; returns for how many ms at most, or -1. */
static int
prepare_poll(struct server *sv, struct pollfd polls[SLOTS])
{
	int least = -1, wait;

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
		struct control *c = &sv->controls[i];

		if (polls[SLOT_CONTROLS + i].revents != 0 &&
		    !control_step(c, sv->terminal))
			control_finish(c);
	}
	for (int i = 0; i < CONNS; i++) {
		struct fake_conn *c = &sv->conns[i];
		short events = polls[SLOT_CONNS + i].revents;

		if (c->fd >= 0 &&
		    !fake_conn_step(c, (events & ~POLLOUT) != 0))
			fake_conn_finish(c);
	}
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
	drop_conns(sv);
	for (int i = 0; i < CONTROLS; i++)
		control_finish(&sv->controls[i]);
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
	sv.listen_fd = sv.control_fd = -1;
	for (int i = 0; i < CONNS; i++)
		sv.conns[i].fd = -1;
	for (int i = 0; i < CONTROLS; i++)
		sv.controls[i].fd = -1;
	catch_signals(&before);
	fine = open_sockets(&sv, error, size);
	if (fine) {
		say_ready(sv.listen_fd);
		loop(&sv, &before);
	}
	close_all(&sv);
	return fine;
}
