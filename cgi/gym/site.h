/* site.h: the configuration file of an installation, gymgate.conf */
#ifndef SITE_H
#define SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/mail.h"
#include "db/db.h"

#define SITE_DEFAULT_FILE "/etc/gymgate/gymgate.conf"

/* The keys are explained in etc/gymgate.conf. */
struct site {
	char *socket, *live_socket, *wake_socket, *html;
	char *url;		/* of the site, for links; "": unknown */
	int64_t workers;
	int log;		/* enum log_level */
	bool reread;
	char *db_socket, *db_host, *db_name, *db_user, *db_password_file;
	int64_t db_port;
	bool db_tls;
	char *migrate_user, *migrate_password_file, *migrate_sql;
	char *program_account;
	char *mail_url, *mail_user, *mail_password_file, *mail_from;
	char *mail_ca_file, *mail_folder;
	bool mail_tls;
	char *whatsapp_url, *whatsapp_version, *whatsapp_ca_file;
	char *whatsapp_tokens;	/* before a company's code: its token's file */
	char *whatsapp_verify_token_file, *whatsapp_app_secret_file;

	/* made of them */
	struct db_options db;		/* of the programs */
	struct db_options migrate;	/* of gymgate-admin migrate */
	struct mail_options mail;	/* of gymgate-chores */
	char *db_password, *migrate_password, *mail_password;
	char *whatsapp_verify_token, *whatsapp_app_secret;	/* "": none */
};

/*
 * Reads `path` (NULL: SITE_DEFAULT_FILE) and the password files it names.
 * False: `error` says in one line what is wrong.
 */
bool site_load(struct site *site, const char *path, char *error, size_t size);
/* Reads the password of `migrate`, which only gymgate-admin may. */
bool site_load_migrate(struct site *site, char *error, size_t size);
/* Reads the password of `mail`, which only gymgate-chores may. */
bool site_load_mail(struct site *site, char *error, size_t size);
/*
 * Reads what the webhook's callers must know, which only the web workers need:
 * whatsapp_verify_token and whatsapp_app_secret.
 */
bool site_load_webhook(struct site *site, char *error, size_t size);
/*
 * The token of a company at the service, which only gymgate-remind may read:
 * the first line of the file that `tokens` (NULL: as configured) and its code
 * name; the caller frees it.  NULL: it cannot be read, and `error` says why.
 */
char *site_load_token(const struct site *site, const char *tokens,
                      const char *company, char *error, size_t size);
void site_finish(struct site *site);

#endif
