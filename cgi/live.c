/* live.c: gymgate-live: the live hub */
#include <stddef.h>
#include <stdio.h>

#include "base/log.h"
#include "base/options.h"
#include "gym/feed.h"
#include "pages/hub.h"
#include "pages/start.h"

#define PROGRAM "gymgate-live"

static void
help(void)
{
	fputs("Usage: gymgate-live [-c FILE] [-n]\n"
	      "Holds the event streams of open dashboards, of front desks and "
	      "of bridges.\n"
	      "\n"
	      "  -c, --config FILE  configuration "
	      "(default " SITE_DEFAULT_FILE ")\n"
	      "  -n, --check        only check configuration and pages\n"
	      "  -h, --help         show this\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "SIGTERM stops it; the pages come again by themselves.\n",
	      stdout);
}

struct options {
	const char *config;
	bool check;
};

static const struct options_key option_keys[] = {
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct options, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct options, config) },
};

#define OPTIONS (sizeof option_keys / sizeof *option_keys)

static void
serve(struct site *site)
{
	struct db *db = db_create(&site->db);
	struct hub *hub = hub_create(db);
	struct stream_server *server;

	start_check_database(db);
	server = stream_create(site->live_socket,
	                       feed_wake_listen(site->wake_socket),
	                       &hub_hooks, hub);
	log_info("listening at %s", site->live_socket);
	stream_run(server);
	stream_destroy(server);
	hub_destroy(hub);
	db_destroy(db);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct site site;

	if (options_read(PROGRAM, help, option_keys, OPTIONS, &o, argc,
	                 argv) < argc) {
		fputs(PROGRAM ": only options are expected; see --help\n",
		      stderr);
		return 2;
	}
	if (!start_begin(&site, PROGRAM, o.config))
		return 2;
	if (!o.check)
		serve(&site);
	start_finish(&site);
	return 0;
}
