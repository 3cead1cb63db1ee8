/* main.c: the bridge: carries punches from terminals to the API */
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "base/text.h"
#include "post.h"
#include "setup.h"
#include "show.h"
#include "spool.h"
#include "tell.h"
#include "terminal.h"

#define PROGRAM "gymgate-bridge"
#define DEFAULT_CONF "/etc/gymgate/gymgate-bridge.conf"
#define POST_GRACE_MS 1000	/* for the request in hand at the end */
#define END_US 1800000		/* whatever hangs: then the process is gone */

enum { EXIT_USAGE = 2 };

static void
help(void)
{
	fputs("usage: " PROGRAM " [-c FILE] [-n | status | retry]\n"
	      "Carries punches from fingerprint terminals to Gymgate.\n"
	      "\n"
	      "  -c, --config FILE  configuration (" DEFAULT_CONF ")\n"
	      "  -n, --check        check the configuration and exit\n"
	      "  -h, --help         show this\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "  status             show each terminal, what waits and what is parked\n"
	      "  retry              send parked punches again\n",
	      stdout);
}

struct options {
	const char *config;
	bool check;
	const char *command;	/* or NULL: run */
};

/* ---- running ------------------------------------------------------------ */

struct bridge {
	struct post *post;
	struct tell *tell;
	struct terminal *terminals[SETUP_TERMINALS_MAX];
};

static void
on_new(void *arg)
{
	post_wake(((struct bridge *)arg)->post);
}

static void
on_change(void *arg)
{
	tell_wake(((struct bridge *)arg)->tell);
}

/* The spool is safe at any moment, so leaving at once loses nothing. */
static void
on_overdue(int signo)
{
	(void)signo;
	_exit(0);
}

static void
start_ending(void)
{
	const struct itimerval limit = { .it_value = { END_US / 1000000,
		                         END_US % 1000000 } };

	signal(SIGALRM, on_overdue);
	setitimer(ITIMER_REAL, &limit, NULL);
}

/* Blocked before any thread starts, so that all inherit it. */
static void
block_signals(sigset_t *set)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

static int
run(const struct setup *setup, struct spool *spool)
{
	struct bridge b = { NULL, NULL, { NULL } };
	const struct terminal_world world = {
		spool, terminal_zone(setup->bridge.zone), on_new, on_change,
		&b,
	};
	sigset_t signals;
	int signo = 0;

	block_signals(&signals);
	b.post = post_create(&setup->server, spool);
	for (size_t i = 0; i < setup->terminal_count; i++)
		b.terminals[i] = terminal_create(setup->terminals[i], &world);
	b.tell = tell_create(setup, spool, b.terminals);
	for (size_t i = 0; i < setup->terminal_count; i++)
		terminal_start(b.terminals[i]);
	log_info("version %s, %zu terminals, server %s", GYMGATE_VERSION,
	         setup->terminal_count, setup->server.url);

	sigwait(&signals, &signo);
	log_info("ending");
	start_ending();
	for (size_t i = 0; i < setup->terminal_count; i++)
		terminal_stop(b.terminals[i]);
	for (size_t i = 0; i < setup->terminal_count; i++)
		terminal_join(b.terminals[i]);
	tell_destroy(b.tell);
	post_destroy(b.post, POST_GRACE_MS);
	for (size_t i = 0; i < setup->terminal_count; i++)
		terminal_destroy(b.terminals[i]);
	return 0;
}

/* ---- commands ----------------------------------------------------------- */

static int
run_bridge(const struct setup *setup, struct spool *spool)
{
	if (!spool_claim(spool)) {
		log_error("another " PROGRAM " uses the spool %s",
		          setup->bridge.spool);
		return 1;
	}
	return run(setup, spool);
}

static int
run_status(const struct setup *setup, struct spool *spool)
{
	return show_status(setup, spool) ? 0 : 1;
}

static int
run_retry(const struct setup *setup, struct spool *spool)
{
	size_t count;

	(void)setup;
	if (!spool_retry(spool, &count))
		return 1;
	printf("%zu parked punches wait again\n", count);
	return 0;
}

static const struct {
	const char *name;	/* NULL: the bridge itself */
	int (*run)(const struct setup *setup, struct spool *spool);
	bool creates;		/* the spool */
} commands[] = {
	{ NULL, run_bridge, true },
	{ "retry", run_retry, false },
	{ "status", run_status, false },
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static size_t
find_command(const char *name)
{
	size_t i = name == NULL ? 0 : 1;

	while (name != NULL && i < COMMAND_COUNT &&
	       strcmp(commands[i].name, name) != 0)
		i++;
	return i;
}

static int
run_command(size_t which, const struct setup *setup)
{
	char error[300];
	struct spool *spool = spool_open(setup->bridge.spool,
		commands[which].creates, error, sizeof error);
	int status;

	if (spool == NULL) {
		log_error("%s", error);
		return 1;
	}
	status = commands[which].run(setup, spool);
	spool_close(spool);
	return status;
}

/* ---- options ------------------------------------------------------------ */

static const struct options_key option_keys[] = {
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct options, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct options, config) },
};

/* Takes the command, of which there may be one; false, said, on another. */
static bool
take_words(int argc, char **argv, int first, struct options *o)
{
	const char *odd = first + 1 < argc ? argv[first + 1] : NULL;

	if (first < argc)
		o->command = argv[first];
	if (odd == NULL && find_command(o->command) < COMMAND_COUNT)
		return true;
	fprintf(stderr, PROGRAM ": unknown command '%s'; see --help\n",
	        odd != NULL ? odd : o->command);
	return false;
}

int
main(int argc, char **argv)
{
	struct options o = { .config = DEFAULT_CONF };
	struct setup setup;
	char error[500];
	int status = 0, words;

	log_open(PROGRAM, LOG_INFO);
	words = options_read(PROGRAM, help, option_keys,
	                     sizeof option_keys / sizeof *option_keys, &o,
	                     argc, argv);
	if (!take_words(argc, argv, words, &o))
		return EXIT_USAGE;
	if (!setup_load(&setup, o.config, error, sizeof error)) {
		log_error("%s", error);
		setup_finish(&setup);
		return EXIT_USAGE;
	}
	log_open(PROGRAM, (enum log_level)setup.bridge.log);
	if (!o.check)
		status = run_command(find_command(o.command), &setup);
	setup_finish(&setup);
	return status;
}
