/* remind.c: gymgate-remind: reminds members, each once; started by a timer */
#include <stddef.h>
#include <stdio.h>

#include "base/options.h"
#include "pages/remind.h"
#include "pages/start.h"

#define PROGRAM "gymgate-remind"

static void
help(void)
{
	fputs("Usage: gymgate-remind [-c FILE] [-n] [--dry-run] "
	      "[--tokens PREFIX]\n"
	      "Finds members to remind and sends what is due, once, and ends; "
	      "started by\n"
	      "a timer.\n"
	      "\n"
	      "  -c, --config FILE  configuration "
	      "(default " SITE_DEFAULT_FILE ")\n"
	      "  -n, --check        only check configuration and pages\n"
	      "  --dry-run          send and write nothing, print how many "
	      "would be sent\n"
	      "  --tokens PREFIX    a company's token is in the file PREFIX and "
	      "its code\n"
	      "  -h, --help         show this\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "Two at once do no harm.\n",
	      stdout);
}

struct options {
	const char *config;
	bool check;
	struct remind_options run;
};

static const struct options_key option_keys[] = {
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct options, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct options, config) },
	{ "dry-run", 0, OPTIONS_FLAG, offsetof(struct options, run.is_dry) },
	{ "tokens", 0, OPTIONS_TEXT, offsetof(struct options, run.tokens) },
};

#define OPTIONS (sizeof option_keys / sizeof *option_keys)

static bool
run(const struct site *site, const struct remind_options *options)
{
	struct db *db = db_create(&site->db);
	bool fine = db_connect(db) == DB_OK &&	/* else it said why */
		remind_run(site, db, options);

	db_destroy(db);
	return fine;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct site site;
	bool fine;

	if (options_read(PROGRAM, help, option_keys, OPTIONS, &o, argc,
	                 argv) < argc) {
		fputs(PROGRAM ": only options are expected; see --help\n",
		      stderr);
		return 2;
	}
	if (!start_begin(&site, PROGRAM, o.config))
		return 2;
	fine = o.check || run(&site, &o.run);
	start_finish(&site);
	return fine ? 0 : 1;
}
