/* main.c: the bridge: carries punches from terminals to the API */
#include <stdio.h>

#include "base/log.h"
#include "base/options.h"
#include "base/text.h"
#include "doctor.h"
#include "run.h"
#include "setup.h"
#include "show.h"
#include "spool.h"

#define PROGRAM "gymgate-bridge"
#define DEFAULT_CONF "/etc/gymgate/gymgate-bridge.conf"

enum { EXIT_USAGE = 2 };

static void
help(void)
{
	fputs("usage: " PROGRAM " [-c FILE] [-n | --once]\n"
	      "       " PROGRAM " [-c FILE] status [--json]\n"
	      "       " PROGRAM " [-c FILE] users [NAME]\n"
	      "       " PROGRAM " [-c FILE] retry\n"
	      "       " PROGRAM " [-c FILE] release [NAME]\n"
	      "       " PROGRAM " [-c FILE] doctor HOST\n"
	      "Carries punches from fingerprint terminals to Gymgate.\n"
	      "\n"
	      "  -c, --config FILE  configuration (" DEFAULT_CONF ")\n"
	      "  -n, --check        check the configuration and exit\n"
	      "      --once         read each terminal once, send, and exit: for cron\n"
	      "      --json         of status: for programs\n"
	      "  -h, --help         show this\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "  status             show each terminal, what waits and what is parked\n"
	      "  users [NAME]       list the users of the terminals, or of one\n"
	      "  retry              send parked punches again\n"
	      "  release [NAME]     let in all whom the bridge keeps out, until blocking is\n"
	      "                     switched on anew at the dashboard\n"
	      "  doctor HOST        find out why a terminal cannot be read: HOST[:PORT],\n"
	      "                     or its NAME in the configuration\n",
	      stdout);
}

struct options {
	const char *config;
	bool check, once, json;
	const char *command;	/* or NULL: run */
	const char *word;	/* behind it, or NULL */
};

/* ---- commands on the spool ---------------------------------------------- */

static bool
do_retry(const struct setup *setup, struct spool *spool,
         const struct options *o)
{
	size_t count;

	(void)setup;
	(void)o;
	if (!spool_retry(spool, &count))
		return false;
	printf("%zu parked punches wait again\n", count);
	return true;
}

static bool
do_release(const struct setup *setup, struct spool *spool,
           const struct options *o)
{
	return show_release(setup, spool, o->word);
}

static bool
do_status(const struct setup *setup, struct spool *spool,
          const struct options *o)
{
	return o->json ? show_status_json(setup, spool)
		: show_status(setup, spool);
}

static bool
do_users(const struct setup *setup, struct spool *spool,
         const struct options *o)
{
	return show_users(setup, spool, o->word);
}

/* ---- the table ---------------------------------------------------------- */

static const struct command {
	const char *name;
	int words_least, words_most;	/* behind it */
	/* of those that only look into the spool; else NULL */
	bool (*look)(const struct setup *setup, struct spool *spool,
	             const struct options *o);
} commands[] = {
	{ "doctor", 1, 1, NULL },
	{ "release", 0, 1, do_release },
	{ "retry", 0, 0, do_retry },
	{ "status", 0, 0, do_status },
	{ "users", 0, 1, do_users },
};

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int
look(const struct command *command, const struct setup *setup,
     const struct options *o)
{
	char error[300];
	enum spool_fault fault;
	struct spool *spool = spool_open(setup->bridge.spool, SPOOL_LOOK,
	                                 &fault, error, sizeof error);
	bool ok;

	if (spool == NULL) {
		log_error("%s", error);
		return 1;
	}
	ok = command->look(setup, spool, o);
	spool_close(spool);
	return ok ? 0 : 1;
}

static int
run_command(const struct setup *setup, const struct options *o)
{
	if (o->command != NULL)
		return look(find_command(o->command), setup, o);
	return o->once ? run_once(setup) : run_bridge(setup);
}

/* ---- options ------------------------------------------------------------ */

static const struct options_key option_keys[] = {
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct options, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct options, config) },
	{ "json", 0, OPTIONS_FLAG, offsetof(struct options, json) },
	{ "once", 0, OPTIONS_FLAG, offsetof(struct options, once) },
};

static int
complain(const char *what, const char *word)
{
	fprintf(stderr, PROGRAM ": %s '%s'; see --help\n", what, word);
	return EXIT_USAGE;
}

/* Takes the command and the word behind it; 0, or said. */
static int
take_words(int argc, char **argv, int first, struct options *o)
{
	const struct command *command;
	int words = argc - first - 1;

	if (first == argc)
		return 0;
	o->command = argv[first];
	o->word = words > 0 ? argv[first + 1] : NULL;
	command = find_command(o->command);
	if (command == NULL)
		return complain("unknown command", o->command);
	if (words < command->words_least)
		return complain("a word is missing behind", o->command);
	if (words > command->words_most)
		return complain("unknown command",
		                argv[first + 1 + command->words_most]);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = { .config = DEFAULT_CONF };
	struct setup setup;
	char error[500];
	int status, first;

	log_open(PROGRAM, LOG_INFO);
	first = options_read(PROGRAM, help, option_keys,
	                     sizeof option_keys / sizeof *option_keys, &o,
	                     argc, argv);
	status = take_words(argc, argv, first, &o);
	if (status != 0)
		return status;
	if (o.command != NULL && strcmp(o.command, "doctor") == 0)
		return doctor_run(o.word, o.config);
	if (!setup_load(&setup, o.config, error, sizeof error)) {
		log_error("%s", error);
		setup_finish(&setup);
		return EXIT_USAGE;
	}
	log_open(PROGRAM, (enum log_level)setup.bridge.log);
	if (!o.check)
		status = run_command(&setup, &o);
	setup_finish(&setup);
	return status;
}
