/* pool.c: a parent and its workers on one listening socket */
#include "http/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define BACKLOG 1024
#define SYSTEMD_FD 3
#define INHERIT_ENV "GYMGATE_POOL_FD"
#define QUICK_DEATH_MS 300	/* a worker that lived no longer is ill */
#define BACKOFF_LEAST_MS 50
#define BACKOFF_MOST_MS 2000
#define DRAIN_MS 15000
#define CHECK_MS 10000

struct slot {
	pid_t pid;		/* 0: none */
	int64_t started, restart;	/* of clock_mono_ms */
	int quick_deaths;
};

struct pool {
	const struct pool_options *options;
	pool_worker *worker;
	void *arg;
	int fd;
	bool owns_path;
	struct slot *slots;
	sigset_t signals;
};

/* ---- the socket ---------------------------------------------------------- */

static int
fd_from_env(const char *name)
{
	const char *text = getenv(name);
	int64_t fd;

	if (text == NULL || !text_to_int(text, 3, 1 << 20, &fd))
		return -1;
	unsetenv(name);
	return (int)fd;
}

static int
fd_from_systemd(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	int64_t n;

	if (pid == NULL || count == NULL ||
	    !text_to_int(pid, 1, INT32_MAX, &n) || n != getpid() ||
	    !text_to_int(count, 1, 1, &n))
		return -1;
	return SYSTEMD_FD;
}

/* A socket file that nobody listens on is left from a kill; take it away. */
static void
remove_stale(int fd, const struct sockaddr_un *address)
{
	if (connect(fd, (const struct sockaddr *)address,
	            sizeof *address) == 0)
		log_die("%s: another gymgate-web listens there",
		        address->sun_path);
	if (errno == ECONNREFUSED)
		unlink(address->sun_path);
}

static int
open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t before;

	if (fd < 0)
		log_die("socket: %m");
	if (!text_copy(address.sun_path, sizeof address.sun_path, path))
		log_die("%s: too long for a socket", path);
	remove_stale(fd, &address);
	close(fd);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	before = umask(0117);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address,
	                   sizeof address) != 0 || listen(fd, BACKLOG) != 0)
		log_die("%s: %m", path);
	umask(before);
	return fd;
}

static void
take_socket(struct pool *p)
{
	const char *path = p->options->socket_path;

	p->fd = fd_from_env(INHERIT_ENV);
	p->owns_path = p->fd < 0 || getenv("LISTEN_PID") == NULL;
	if (p->fd < 0) {
		p->fd = fd_from_systemd();
		p->owns_path = p->fd < 0;
	}
	if (p->fd < 0)
		p->fd = open_socket(path);
	fcntl(p->fd, F_SETFL, fcntl(p->fd, F_GETFL) | O_NONBLOCK);
	fcntl(p->fd, F_SETFD, FD_CLOEXEC);
}

/* ---- workers ------------------------------------------------------------- */

static void
run_worker(struct pool *p, pid_t parent)
{
	sigset_t stop;
	int stop_fd;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	stop_fd = signalfd(-1, &stop, SFD_CLOEXEC);
	if (stop_fd < 0)
		log_die("signalfd: %m");
	signal(SIGINT, SIG_IGN);	/* Ctrl-C is the parent's to handle */
	sigdelset(&p->signals, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &p->signals, NULL);
	signal(SIGHUP, SIG_IGN);
	exit(p->worker(p->arg, p->fd, stop_fd));
}

static void
start_worker(struct pool *p, struct slot *s)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		run_worker(p, parent);
	s->started = clock_mono_ms();
	s->pid = pid > 0 ? pid : 0;
	if (pid < 0) {
		log_error("fork: %m");
		s->restart = s->started + BACKOFF_MOST_MS;
	}
}

static void
bury(struct pool *p, pid_t pid, int status)
{
	for (int i = 0; i < p->options->workers; i++) {
		struct slot *s = &p->slots[i];
		int64_t now = clock_mono_ms();
		bool quick;

		if (s->pid != pid)
			continue;
		quick = now - s->started < QUICK_DEATH_MS;
		s->quick_deaths = quick ? s->quick_deaths + 1 : 0;
		s->restart = quick ? now + clock_backoff_ms(s->quick_deaths,
			BACKOFF_LEAST_MS, BACKOFF_MOST_MS) : now;
		s->pid = 0;
		if (WIFSIGNALED(status))
			log_error("worker %d died of signal %d", (int)pid,
			          WTERMSIG(status));
		else if (WEXITSTATUS(status) != 0)
			log_error("worker %d ended with status %d", (int)pid,
			          WEXITSTATUS(status));
	}
}

static void
reap(struct pool *p)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		bury(p, pid, status);
}

/* Starts what is due; returns how long until the next is. */
static int
start_due(struct pool *p)
{
	int64_t now = clock_mono_ms(), next = now + 60000;

	for (int i = 0; i < p->options->workers; i++) {
		struct slot *s = &p->slots[i];

		if (s->pid == 0 && s->restart <= now)
			start_worker(p, s);
		if (s->pid == 0 && s->restart < next)
			next = s->restart;
	}
	return clock_left_ms(next);
}

static bool
signal_workers(struct pool *p, int signal_number)
{
	bool any = false;

	for (int i = 0; i < p->options->workers; i++) {
		if (p->slots[i].pid == 0)
			continue;
		kill(p->slots[i].pid, signal_number);
		any = true;
	}
	return any;
}

static void
wait_signal(struct pool *p, int timeout_ms, siginfo_t *info)
{
	struct timespec pause = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000L,
	};

	info->si_signo = 0;
	if (sigtimedwait(&p->signals, info, &pause) < 0)
		info->si_signo = 0;
}

static void
drain(struct pool *p)
{
	int64_t deadline = clock_mono_ms() + DRAIN_MS;
	siginfo_t info;

	while (signal_workers(p, clock_left_ms(deadline) > 0 ? SIGTERM
	                                                     : SIGKILL)) {
		wait_signal(p, 100, &info);
		reap(p);
	}
	if (p->owns_path)
		unlink(p->options->socket_path);
}

/* ---- reload -------------------------------------------------------------- */

/* Would the program start with the configuration as it is now? */
static bool
check_config(struct pool *p)
{
	int count = 0, status = 1;
	int64_t deadline = clock_mono_ms() + CHECK_MS;
	char **argv, check[] = "-n";
	pid_t pid;

	while (p->options->argv[count] != NULL)
		count++;
	argv = calloc((size_t)count + 2, sizeof *argv);
	if (argv == NULL)
		log_die("out of memory");
	for (int i = 0; i < count; i++)
		argv[i] = p->options->argv[i];
	argv[count] = check;
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(1);
	}
	free(argv);
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		if (clock_left_ms(deadline) == 0)
			kill(pid, SIGKILL);
		poll(NULL, 0, 20);	/* leaves signals pending */
	}
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
reload(struct pool *p)
{
	char number[16];

	if (!check_config(p)) {
		log_error("reload: the configuration is wrong; going on as "
		          "before");
		return;
	}
	log_info("reload: starting anew");
	signal_workers(p, SIGTERM);	/* they finish; the new parent reaps */
	snprintf(number, sizeof number, "%d", p->fd);
	setenv(INHERIT_ENV, number, 1);
	fcntl(p->fd, F_SETFD, 0);
	execvp(p->options->argv[0], p->options->argv);
	log_die("cannot execute %s: %m", p->options->argv[0]);
}

int
pool_run(const struct pool_options *options, pool_worker *worker, void *arg)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct pool p = { .options = options, .worker = worker, .arg = arg };
	siginfo_t info;

	sigemptyset(&p.signals);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaddset(&p.signals, signals[i]);
	sigprocmask(SIG_BLOCK, &p.signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	take_socket(&p);
	p.slots = calloc((size_t)options->workers, sizeof *p.slots);
	if (p.slots == NULL)
		log_die("out of memory");
	log_info("%d workers at %s", options->workers, options->socket_path);
	do {
		wait_signal(&p, start_due(&p), &info);
		reap(&p);
		if (info.si_signo == SIGHUP)
			reload(&p);
	} while (info.si_signo != SIGTERM && info.si_signo != SIGINT);
	drain(&p);
	free(p.slots);
	return 0;
}
