/* web.c: gymgate-web: the FastCGI worker pool */
#include <stddef.h>
#include <stdio.h>

#include "api/whatsapp.h"
#include "base/options.h"
#include "gym/feed.h"
#include "http/fcgi.h"
#include "http/pool.h"
#include "pages/routes.h"
#include "pages/start.h"

#define PROGRAM "gymgate-web"

static void
help(void)
{
	fputs("Usage: gymgate-web [-c FILE] [-n | --cgi]\n"
	      "Answers the pages and the API of Gymgate to nginx (FastCGI).\n"
	      "\n"
	      "  -c, --config FILE  configuration "
	      "(default " SITE_DEFAULT_FILE ")\n"
	      "  -n, --check        only check configuration and pages\n"
	      "      --cgi          answer one request as a plain CGI program\n"
	      "  -h, --help         show this\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "SIGHUP starts anew without dropping a request, SIGTERM stops.\n",
	      stdout);
}

struct options {
	const char *config;
	bool check, cgi;
};

static const struct options_key option_keys[] = {
	{ "cgi", 0, OPTIONS_FLAG, offsetof(struct options, cgi) },
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct options, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct options, config) },
};

#define OPTIONS (sizeof option_keys / sizeof *option_keys)

static int
work(void *arg, int listen_fd, int stop_fd)
{
	struct site *site = arg;
	struct db *db = db_create(&site->db);

	db_connect(db);		/* if it is away, the first request tries */
	fcgi_serve(listen_fd, stop_fd, routes_answer, db);
	db_destroy(db);
	start_finish(site);
	return 0;
}

static void
answer_cgi(struct site *site)
{
	struct db *db = db_create(&site->db);

	fcgi_serve_cgi(routes_answer, db);
	db_destroy(db);
}

static int
serve(struct site *site, char **argv)
{
	struct pool_options pool = { site->socket, (int)site->workers, argv };
	struct db *db = db_create(&site->db);

	start_check_database(db);
	db_destroy(db);		/* each worker has its own */
	return pool_run(&pool, work, site);
}

static bool
begin(struct site *site, const char *config)
{
	char error[512];

	if (!start_begin(site, PROGRAM, config))
		return false;
	if (site_load_webhook(site, error, sizeof error)) {
		whatsapp_open(site->whatsapp_verify_token,
		              site->whatsapp_app_secret);
		return true;
	}
	fprintf(stderr, PROGRAM ": %s\n", error);
	start_finish(site);
	return false;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct site site;
	int status = 0;

	if (options_read(PROGRAM, help, option_keys, OPTIONS, &o, argc,
	                 argv) < argc) {
		fputs(PROGRAM ": only options are expected; see --help\n",
		      stderr);
		return 2;
	}
	if (!begin(&site, o.config))
		return 2;
	feed_wake_open(site.wake_socket);
	if (o.cgi)
		answer_cgi(&site);
	else if (!o.check)
		status = serve(&site, argv);
	start_finish(&site);
	return status;
}
