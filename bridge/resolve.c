/* resolve.c: the addresses of a host, within a deadline */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define HOST_MAX 253
#define SERVICE_MAX 15

/* Held by the thread that looks up, and by whoever waits for it. */
struct lookup {
	atomic_int holders;
	char host[HOST_MAX + 1], service[SERVICE_MAX + 1];
	int socktype;
	int done[2];		/* a pipe: a byte when it is */
	int failed;
	struct addrinfo *list;
};

static void
release(struct lookup *l)
{
	if (atomic_fetch_sub(&l->holders, 1) > 1)
		return;
	if (l->list != NULL)
		freeaddrinfo(l->list);
	close(l->done[0]);
	close(l->done[1]);
	free(l);
}

static int
look_up(const char *host, const char *service, int socktype, int flags,
        struct addrinfo **list)
{
	struct addrinfo hints = { .ai_socktype = socktype, .ai_flags = flags };

	if (socktype == SOCK_DGRAM) {
		hints.ai_family = AF_INET;
		if (getaddrinfo(host, service, &hints, list) == 0)
			return 0;
		hints.ai_family = AF_UNSPEC;
	}
	return getaddrinfo(host, service, &hints, list);
}

static void *
run(void *arg)
{
	struct lookup *l = arg;
	ssize_t told;

	l->failed = look_up(l->host, l->service[0] == '\0' ? NULL : l->service,
	                    l->socktype, 0, &l->list);
	told = write(l->done[1], "x", 1);
	(void)told;	/* there is room for one */
	release(l);
	return NULL;
}

static struct lookup *
start(const char *host, const char *service, int socktype)
{
	struct lookup *l = calloc(1, sizeof *l);
	pthread_t thread;

	if (l == NULL || pipe2(l->done, O_CLOEXEC) != 0)
		log_die("cannot look up a name: %s", strerror(errno));
	atomic_init(&l->holders, 2);
	text_copy(l->host, sizeof l->host, host);
	text_copy(l->service, sizeof l->service, service == NULL ? "" : service);
	l->socktype = socktype;
	if (pthread_create(&thread, NULL, run, l) != 0)
		log_die("cannot start a thread");
	pthread_detach(thread);
	return l;
}

/* True when the thread is done in time, and nobody wakes us. */
static bool
wait_for(struct lookup *l, int64_t deadline, int wake_fd)
{
	struct pollfd fds[2] = {
		{ .fd = l->done[0], .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN },
	};
	char byte;
	int ready;

	do
		ready = poll(fds, 2, clock_left_ms(deadline));
	while (ready < 0 && errno == EINTR);
	return ready > 0 && fds[1].revents == 0 &&
	       read(l->done[0], &byte, 1) == 1;
}

int
resolve(const char *host, const char *service, int socktype,
        int64_t deadline, int wake_fd, struct addrinfo **list)
{
	struct lookup *l;
	int failed = EAI_INPROGRESS;

	*list = NULL;
	/* an address needs no name server, and so no thread */
	if (look_up(host, service, socktype, AI_NUMERICHOST, list) == 0)
		return 0;
	if (strlen(host) > HOST_MAX)
		return EAI_NONAME;
	l = start(host, service, socktype);
	if (wait_for(l, deadline, wake_fd)) {
		failed = l->failed;
		*list = l->list;
		l->list = NULL;
	}
	release(l);
	return failed;
}
