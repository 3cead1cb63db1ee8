/* doctor.c: looks at one terminal, step by step, for who stands before it */
#include "doctor.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "doctor_inside.h"

#define PROGRAM "gymgate-bridge"

enum { STATUS_WELL, STATUS_TROUBLE, STATUS_USAGE };

/* In the order in which one needs the other. */
static const struct {
	const char *name;
	doctor_step_fn *run;
	int limit_s;		/* once there is a session */
} steps[] = {
	{ "config", doctor_step_config, 0 },
	{ "bridge", doctor_step_bridge, 0 },
	{ "name", doctor_step_name, 0 },
	{ "ping", doctor_step_ping, 0 },
	{ "port", doctor_step_port, 0 },
	{ "comm key", doctor_step_key, 25 },	/* two tries */
	{ "terminal", doctor_step_terminal, 15 },
	{ "clock", doctor_step_clock, 15 },
	{ "memory", doctor_step_memory, 15 },
	{ "users", doctor_step_users, 60 },
	{ "log", doctor_step_log, 120 },
	{ "live", doctor_step_live, 15 },
};

/* ---- signals ------------------------------------------------------------ */

static struct zk_session *volatile watched_zk;
static struct zk_link *volatile watched_link;
static volatile sig_atomic_t is_stopped, is_late;

void
doctor_watch(struct zk_session *zk, struct zk_link *link)
{
	watched_zk = zk;
	watched_link = link;
}

/* With nobody to say goodbye to, or the second time, it is over at once. */
static void
on_signal(int signo)
{
	int saved = errno;

	if (signo == SIGALRM)
		is_late = 1;
	else if (is_stopped || (watched_zk == NULL && watched_link == NULL))
		_exit(STATUS_TROUBLE);
	else
		is_stopped = 1;
	if (watched_zk != NULL)
		zk_interrupt(watched_zk);
	else if (watched_link != NULL)
		zk_link_interrupt(watched_link);
	errno = saved;
}

static void
catch_signals(void)
{
	static const int signals[] = { SIGALRM, SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = on_signal,
		                    .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
set_alarm(int seconds)
{
	const struct itimerval limit = { .it_value = { .tv_sec = seconds } };

	setitimer(ITIMER_REAL, &limit, NULL);
}

bool
doctor_is_late(void)
{
	return is_late && !is_stopped;
}

/* ---- failures that any step may meet ------------------------------------ */

enum doctor_result
doctor_failed(struct doctor *d, enum zk_result rc, const char *what)
{
	if (is_stopped)
		return DOCTOR_STOPPED;
	if (rc == ZK_STOPPED)
		doctor_say(d, DOCTOR_TROUBLE, "asked for %s, the terminal "
		           "took longer than %d s", what, d->limit_s);
	else
		doctor_say(d, DOCTOR_TROUBLE, "asked for %s: %s", what,
		           zk_error(d->zk));
	if (rc == ZK_PROTOCOL)
		doctor_add("Try again; if it stays so, another program may "
		           "be connected as well, or the cable be bad. Else "
		           "send this whole output to the makers of Gymgate.");
	else
		doctor_add("Is another program connected to it (the bridge, "
		           "the vendor's software)? End it. Else switch the "
		           "terminal off and on and try again. A log that is "
		           "nearly full makes a terminal slow.");
	return DOCTOR_END;
}

/* ---- step by step ------------------------------------------------------- */

static enum doctor_result
run_steps(struct doctor *d)
{
	enum doctor_result result = DOCTOR_GO_ON;

	for (size_t i = 0; result == DOCTOR_GO_ON &&
	     i < sizeof steps / sizeof steps[0]; i++) {
		d->step = steps[i].name;
		d->limit_s = steps[i].limit_s;
		set_alarm(d->limit_s);
		result = steps[i].run(d);
		set_alarm(0);
	}
	if (is_stopped)
		result = DOCTOR_STOPPED;
	return result;
}

void
doctor_leave(struct doctor *d)
{
	if (d->zk != NULL)
		zk_disconnect(d->zk);
	doctor_watch(NULL, NULL);
	zk_destroy(d->zk);
	d->zk = NULL;
}

static int
say_verdict(const struct doctor *d, enum doctor_result result)
{
	const char *troubles = d->troubles.len == 0 ? "" : d->troubles.data;

	if (result == DOCTOR_STOPPED)
		puts("\nStopped: not all was looked at.");
	else if (result == DOCTOR_END)
		printf("\nNot well (%s): the bridge cannot read this "
		       "terminal.\n", troubles);
	else if (troubles[0] != '\0')
		printf("\nNot all is well (%s): see the lines marked !!\n",
		       troubles);
	else
		puts("\nAll is well: the bridge can read this terminal.");
	return result == DOCTOR_GO_ON && troubles[0] == '\0' ? STATUS_WELL
		: STATUS_TROUBLE;
}

int
doctor_run(const char *host, const char *config)
{
	struct doctor d = { .config = config };
	enum doctor_result result;
	int status = STATUS_USAGE;

	log_open(PROGRAM, LOG_ERROR);	/* all else is said in our own way */
	catch_signals();
	if (doctor_choose(&d, host)) {
		printf(PROGRAM " %s looks at %s port %d\n\n", GYMGATE_VERSION,
		       d.host, d.options.port);
		result = run_steps(&d);
		doctor_leave(&d);
		status = say_verdict(&d, result);
	} else {
		fprintf(stderr, PROGRAM ": '%s' is no HOST, HOST:PORT or name "
		        "of a terminal\n", host);
	}
	fflush(stdout);
	buf_finish(&d.troubles);
	setup_finish(&d.setup);
	return status;
}
