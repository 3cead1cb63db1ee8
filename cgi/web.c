/* web.c: gymgate-web: the FastCGI worker pool */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "gym/feed.h"
#include "gym/secret.h"
#include "gym/site.h"
#include "http/fcgi.h"
#include "http/pool.h"
#include "http/view.h"
#include "pages/routes.h"

static const char usage[] =
	"Usage: gymgate-web [-c FILE] [-n | --cgi]\n"
	"Answers the pages and the API of Gymgate to nginx (FastCGI).\n"
	"\n"
	"  -c, --config FILE  configuration (default " SITE_DEFAULT_FILE ")\n"
	"  -n, --check        only check configuration and pages\n"
	"      --cgi          answer one request as a plain CGI program\n"
	"  -h, --help         show this\n"
	"  -V, --version      show the version\n"
	"\n"
	"SIGHUP starts anew without dropping a request, SIGTERM stops.\n";

enum mode { MODE_POOL, MODE_CHECK, MODE_CGI };

struct options {
	const char *config;
	enum mode mode;
};

static struct options
parse_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'n' },
		{ "cgi", no_argument, NULL, 'g' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { NULL, MODE_POOL };
	int c;

	while ((c = getopt_long(argc, argv, "c:nhV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o.config = optarg;
			break;
		case 'n':
			o.mode = MODE_CHECK;
			break;
		case 'g':
			o.mode = MODE_CGI;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		case 'V':
			puts("gymgate-web " GYMGATE_VERSION);
			exit(0);
		default:
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "gymgate-web: '%s' is not expected\n",
		        argv[optind]);
		exit(2);
	}
	return o;
}

static int
work(void *arg, int listen_fd, int stop_fd)
{
	struct site *site = arg;
	struct db *db = db_create(&site->db);

	db_connect(db);		/* if it is away, the first request tries */
	fcgi_serve(listen_fd, stop_fd, routes_answer, db);
	db_destroy(db);
	view_close();
	site_finish(site);
	return 0;
}

static void
answer_cgi(struct site *site)
{
	struct db *db = db_create(&site->db);

	fcgi_serve_cgi(routes_answer, db);
	db_destroy(db);
}

/* A statement that the database refuses stops the start, not a click. */
static void
check_database(struct site *site)
{
	struct db *db = db_create(&site->db);
	enum db_result rc = db_connect(db);

	db_destroy(db);
	if (rc == DB_FAIL)
		log_die("the database does not fit this version; has "
		        "'gymgate-admin migrate' been run?");
	if (rc == DB_NONE)
		log_warn("the database is away; answering 503 until it comes");
}

int
main(int argc, char **argv)
{
	struct options o = parse_options(argc, argv);
	struct site site;
	char error[512];
	int status = 0;

	log_open("gymgate-web", LOG_INFO);
	if (!site_load(&site, o.config, error, sizeof error)) {
		fprintf(stderr, "gymgate-web: %s\n", error);
		return 2;
	}
	log_open("gymgate-web", (enum log_level)site.log);
	secret_init();
	if (!view_open(site.html, site.reread)) {
		site_finish(&site);
		return 2;
	}
	feed_wake_open(site.wake_socket);
	if (o.mode == MODE_CGI) {
		answer_cgi(&site);
	} else if (o.mode == MODE_POOL) {
		struct pool_options pool = { site.socket, (int)site.workers,
			                     argv };

		check_database(&site);
		status = pool_run(&pool, work, &site);
	}
	view_close();
	site_finish(&site);
	return status;
}
