/* live.c: gymgate-live: the live hub */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "gym/feed.h"
#include "gym/secret.h"
#include "gym/site.h"
#include "http/view.h"
#include "pages/hub.h"

static const char usage[] =
	"Usage: gymgate-live [-c FILE] [-n]\n"
	"Holds the event streams of open dashboards.\n"
	"\n"
	"  -c, --config FILE  configuration (default " SITE_DEFAULT_FILE ")\n"
	"  -n, --check        only check configuration and pages\n"
	"  -h, --help         show this\n"
	"  -V, --version      show the version\n"
	"\n"
	"SIGTERM stops it; the pages come again by themselves.\n";

struct options {
	const char *config;
	bool check;
};

static struct options
parse_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "c:nhV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o.config = optarg;
			break;
		case 'n':
			o.check = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'V':
			puts("gymgate-live " GYMGATE_VERSION);
			exit(0);
		default:
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "gymgate-live: '%s' is not expected\n",
		        argv[optind]);
		exit(2);
	}
	return o;
}

static void
serve(struct site *site)
{
	struct db *db = db_create(&site->db);
	struct hub *hub = hub_create(db);
	struct stream_server *server;

	if (db_connect(db) == DB_FAIL)
		log_die("the database does not fit this version; has "
		        "'gymgate-admin migrate' been run?");
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
	struct options o = parse_options(argc, argv);
	struct site site;
	char error[512];

	log_open("gymgate-live", LOG_INFO);
	if (!site_load(&site, o.config, error, sizeof error)) {
		fprintf(stderr, "gymgate-live: %s\n", error);
		return 2;
	}
	log_open("gymgate-live", (enum log_level)site.log);
	secret_init();
	if (!view_open(site.html, site.reread)) {
		site_finish(&site);
		return 2;
	}
	if (!o.check)
		serve(&site);
	view_close();
	site_finish(&site);
	return 0;
}
