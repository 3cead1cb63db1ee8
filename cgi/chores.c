/* chores.c: gymgate-chores: what is done again and again, by a timer */
#include <stddef.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mail.h"
#include "base/options.h"
#include "gym/hours.h"
#include "gym/inbox.h"
#include "gym/retention.h"
#include "gym/whatsapp_event.h"
#include "pages/alerts.h"
#include "pages/message_warn.h"
#include "pages/start.h"

#define PROGRAM "gymgate-chores"

static void
help(void)
{
	fputs("Usage: gymgate-chores [-c FILE] [-n] "
	      "[--test-mail ADDRESS]\n"
	      "Does what is due, once, and ends; started by a timer.\n"
	      "\n"
	      "  -c, --config FILE  configuration "
	      "(default " SITE_DEFAULT_FILE ")\n"
	      "  -n, --check        only check configuration and pages\n"
	      "  --test-mail ADDRESS  only send a test as alerts are sent\n"
	      "  -h, --help         show this\n"
	      "  -V, --version      show the version\n"
	      "\n"
	      "Two at once do no harm.\n",
	      stdout);
}

struct options {
	const char *config, *test_mail;
	bool check;
};

static const struct options_key option_keys[] = {
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct options, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct options, config) },
	{ "test-mail", 0, OPTIONS_TEXT, offsetof(struct options, test_mail) },
};

#define OPTIONS (sizeof option_keys / sizeof *option_keys)

/*
 * Each decides by itself what is due, so that it may be called at any time, be
 * killed in the middle, and run beside another of its kind.  False when
 * something failed, which it has logged.
 */
static const struct chore {
	const char *name;
	bool (*run)(struct site *site, struct db *db);
} chores[] = {
	{ "alerts", alerts_keep },
	{ "hours", hours_keep },
	{ "inbox", inbox_keep },
	{ "message warnings", message_warn_keep },
	{ "retention", retention_keep },
	{ "whatsapp events", whatsapp_event_sweep },
};

#define CHORES (sizeof chores / sizeof *chores)

/* One that fails does not stop the others. */
static bool
run_all(struct site *site)
{
	struct db *db = db_create(&site->db);
	bool is_there = db_connect(db) == DB_OK;	/* else it said why */
	bool fine = is_there;

	for (size_t i = 0; is_there && i < CHORES; i++) {
		if (chores[i].run(site, db))
			continue;
		log_error("%s failed", chores[i].name);
		fine = false;
	}
	db_destroy(db);
	return fine;
}

/* Says what became of it, in one line. */
static bool
test_mail(const struct site *site, const char *address)
{
	struct mail mail = {
		.to = address,
		.subject = "Gymgate can send mail",
		.text = "This is a test.  Alerts come the same way.\n",
		.id = "gymgate-test",
	};
	char why[MAIL_WHY_SIZE];
	bool sent = mail_send(&site->mail, &mail, why) == MAIL_SENT;

	if (!sent)
		fprintf(stderr, PROGRAM ": not sent: %s\n", why);
	else if (*why == '\0')
		printf("sent to %s\n", address);
	else
		printf("written to %s\n", why);
	return sent;
}

static bool
begin(struct site *site, const char *config)
{
	char error[512];

	if (!start_begin(site, PROGRAM, config))
		return false;
	if (site_load_mail(site, error, sizeof error))
		return true;
	fprintf(stderr, PROGRAM ": %s\n", error);
	start_finish(site);
	return false;
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
	if (!begin(&site, o.config))
		return 2;
	fine = o.test_mail != NULL ? test_mail(&site, o.test_mail)
		: o.check || run_all(&site);
	start_finish(&site);
	return fine ? 0 : 1;
}
