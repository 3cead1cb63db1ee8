/* start.c: what web, live hub and chores begin and end with */
#include "pages/start.h"

#include <stdio.h>

#include "base/log.h"
#include "gym/secret.h"
#include "http/view.h"

bool
start_begin(struct site *site, const char *program, const char *config)
{
	char error[512];

	log_open(program, LOG_INFO);
	if (!site_load(site, config, error, sizeof error)) {
		fprintf(stderr, "%s: %s\n", program, error);
		return false;
	}
	log_open(program, (enum log_level)site->log);
	secret_init();
	if (view_open(site->html, site->reread))
		return true;
	site_finish(site);
	return false;
}

void
start_finish(struct site *site)
{
	view_close();
	site_finish(site);
}

void
start_check_database(struct db *db)
{
	switch (db_connect(db)) {
	case DB_OK:
		break;
	case DB_NONE:
		log_warn("the database is away; answering 503 until it comes");
		break;
	default:
		log_die("the database does not fit this version; has "
		        "'gymgate-admin migrate' been run?");
	}
}
