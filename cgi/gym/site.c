/* site.c: the configuration file of an installation, gymgate.conf */
#include "gym/site.h"

#include <errno.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/text.h"
#include "base/url.h"

#define DATA_DIR GYMGATE_PREFIX "/share/gymgate"
#define PATH_BYTES 1000
#define SOCKET_BYTES 107	/* of sun_path */
#define NAME_BYTES 64
#define PASSWORD_BYTES 1024

#define AT(field) offsetof(struct site, field)

static const struct conf_key keys[] = {
	{ "server", "socket", CONF_STR, AT(socket),
	  "/run/gymgate/web.sock", 0, SOCKET_BYTES, NULL },
	{ "server", "live_socket", CONF_STR, AT(live_socket),
	  "/run/gymgate/live.sock", 0, SOCKET_BYTES, NULL },
	{ "server", "wake_socket", CONF_STR, AT(wake_socket),
	  "/run/gymgate/wake.sock", 0, SOCKET_BYTES, NULL },
	{ "server", "workers", CONF_INT, AT(workers), "8", 1, 256, NULL },
	{ "server", "html", CONF_STR, AT(html), DATA_DIR "/html", 0,
	  PATH_BYTES, NULL },
	{ "server", "url", CONF_STR, AT(url), "", 0, PATH_BYTES, NULL },
	{ "server", "log", CONF_WORD, AT(log), "info", 0, 0, log_words },
	{ "server", "reread", CONF_BOOL, AT(reread), "no", 0, 0, NULL },
	{ "database", "socket", CONF_STR, AT(db_socket),
	  "/run/mysqld/mysqld.sock", 0, SOCKET_BYTES, NULL },
	{ "database", "host", CONF_STR, AT(db_host), "", 0, 255, NULL },
	{ "database", "port", CONF_INT, AT(db_port), "3306", 1, 65535, NULL },
	{ "database", "tls", CONF_BOOL, AT(db_tls), "yes", 0, 0, NULL },
	{ "database", "name", CONF_STR, AT(db_name), "gymgate", 0,
	  NAME_BYTES, NULL },
	{ "database", "user", CONF_STR, AT(db_user), "gymgate", 0,
	  NAME_BYTES, NULL },
	{ "database", "password_file", CONF_STR, AT(db_password_file), "", 0,
	  PATH_BYTES, NULL },
	{ "migrate", "user", CONF_STR, AT(migrate_user), "gymgate_migrate",
	  0, NAME_BYTES, NULL },
	{ "migrate", "password_file", CONF_STR, AT(migrate_password_file), "",
	  0, PATH_BYTES, NULL },
	{ "migrate", "sql", CONF_STR, AT(migrate_sql), DATA_DIR "/sql", 0,
	  PATH_BYTES, NULL },
	{ "migrate", "program_account", CONF_STR, AT(program_account),
	  "gymgate@localhost", 0, 2 * NAME_BYTES, NULL },
	{ "mail", "url", CONF_STR, AT(mail_url), "", 0, PATH_BYTES, NULL },
	{ "mail", "tls", CONF_BOOL, AT(mail_tls), "yes", 0, 0, NULL },
	{ "mail", "user", CONF_STR, AT(mail_user), "", 0, 255, NULL },
	{ "mail", "password_file", CONF_STR, AT(mail_password_file), "", 0,
	  PATH_BYTES, NULL },
	{ "mail", "from", CONF_STR, AT(mail_from), "gymgate@localhost", 0,
	  254, NULL },
	{ "mail", "ca_file", CONF_STR, AT(mail_ca_file), "", 0, PATH_BYTES,
	  NULL },
	{ "mail", "folder", CONF_STR, AT(mail_folder),
	  "/var/lib/gymgate/mail", 0, PATH_BYTES, NULL },
	{ "whatsapp", "url", CONF_STR, AT(whatsapp_url),
	  "https://graph.facebook.com", 0, PATH_BYTES, NULL },
	{ "whatsapp", "version", CONF_STR, AT(whatsapp_version), "v23.0", 0,
	  NAME_BYTES, NULL },
	{ "whatsapp", "ca_file", CONF_STR, AT(whatsapp_ca_file), "", 0,
	  PATH_BYTES, NULL },
	{ "whatsapp", "tokens", CONF_STR, AT(whatsapp_tokens),
	  "/etc/gymgate/whatsapp/", 0, PATH_BYTES, NULL },
	{ "whatsapp", "verify_token_file", CONF_STR,
	  AT(whatsapp_verify_token_file), "", 0, PATH_BYTES, NULL },
	{ "whatsapp", "app_secret_file", CONF_STR,
	  AT(whatsapp_app_secret_file), "", 0, PATH_BYTES, NULL },
};

#define KEY_COUNT (sizeof keys / sizeof *keys)

static void *
everything(void *arg, const char *section, const char *label)
{
	(void)section;
	return *label == '\0' ? arg : NULL;
}

/* The first line of the file; "" where none is named.  NULL: unreadable. */
static char *
read_secret(const char *path, char *error, size_t size)
{
	char *text = *path == '\0' ? calloc(1, 1)
		: text_read_file(path, PASSWORD_BYTES, NULL);

	if (text == NULL) {
		snprintf(error, size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	text[strcspn(text, "\r\n")] = '\0';
	if (*path != '\0')
		conf_warn_if_open(path);
	return text;
}

static struct db_options
db_options(const struct site *site, const char *user, const char *password)
{
	bool is_remote = *site->db_host != '\0';

	return (struct db_options){
		.socket = is_remote ? "" : site->db_socket,
		.host = site->db_host,
		.port = (int)site->db_port,
		.name = site->db_name,
		.user = user,
		.password = password,
		.tls = is_remote && site->db_tls,
	};
}

/* Tokens go there: not where anybody on the way reads along. */
static bool
check_whatsapp(struct site *site, char *error, size_t size)
{
	const char *wrong = url_check(site->whatsapp_url);

	if (wrong == NULL && url_is_open(site->whatsapp_url))
		wrong = "'url' must be https://";
	if (wrong == NULL && !text_is_word(site->whatsapp_version, NAME_BYTES,
	                                   "."))
		wrong = "'version' must be like v23.0";
	if (wrong != NULL)
		snprintf(error, size, "[whatsapp] %s", wrong);
	return wrong == NULL;
}

bool
site_load(struct site *site, const char *path, char *error, size_t size)
{
	*site = (struct site){ 0 };
	if (conf_load(path == NULL ? SITE_DEFAULT_FILE : path, keys,
	              KEY_COUNT, everything, site, error, size) &&
	    check_whatsapp(site, error, size))
		site->db_password = read_secret(site->db_password_file,
		                                  error, size);
	if (site->db_password == NULL) {
		site_finish(site);
		return false;
	}
	site->db = db_options(site, site->db_user, site->db_password);
	return true;
}

bool
site_load_migrate(struct site *site, char *error, size_t size)
{
	free(site->migrate_password);
	site->migrate_password = read_secret(site->migrate_password_file,
	                                       error, size);
	if (site->migrate_password == NULL)
		return false;
	site->migrate = db_options(site, site->migrate_user,
	                           site->migrate_password);
	/* of a large table a change takes minutes, and must not end half-way */
	site->migrate.is_patient = true;
	return true;
}

bool
site_load_mail(struct site *site, char *error, size_t size)
{
	free(site->mail_password);
	site->mail_password = read_secret(site->mail_password_file, error,
	                                    size);
	if (site->mail_password == NULL)
		return false;
	site->mail = (struct mail_options){
		.url = site->mail_url, .user = site->mail_user,
		.password = site->mail_password, .from = site->mail_from,
		.ca_file = site->mail_ca_file, .folder = site->mail_folder,
		.tls = site->mail_tls,
	};
	if (mail_is_address(site->mail_from))
		return true;
	snprintf(error, size, "[mail] from: %s is no address",
	         site->mail_from);
	return false;
}

bool
site_load_webhook(struct site *site, char *error, size_t size)
{
	free(site->whatsapp_verify_token);
	free(site->whatsapp_app_secret);
	site->whatsapp_verify_token = read_secret(
		site->whatsapp_verify_token_file, error, size);
	site->whatsapp_app_secret = read_secret(
		site->whatsapp_app_secret_file, error, size);
	return site->whatsapp_verify_token != NULL &&
		site->whatsapp_app_secret != NULL;
}

char *
site_load_token(const struct site *site, const char *tokens,
                const char *company, char *error, size_t size)
{
	char path[PATH_BYTES + NAME_BYTES];
	int len = snprintf(path, sizeof path, "%s%s",
	                   tokens == NULL ? site->whatsapp_tokens : tokens,
	                   company);

	if (len < 0 || (size_t)len >= sizeof path ||
	    !text_is_word(company, NAME_BYTES, "-_")) {
		snprintf(error, size, "%s: no name of a file", company);
		return NULL;
	}
	return read_secret(path, error, size);
}

void
site_finish(struct site *site)
{
	conf_finish(keys, KEY_COUNT, "server", site);
	conf_finish(keys, KEY_COUNT, "database", site);
	conf_finish(keys, KEY_COUNT, "migrate", site);
	conf_finish(keys, KEY_COUNT, "mail", site);
	conf_finish(keys, KEY_COUNT, "whatsapp", site);
	free(site->db_password);
	free(site->migrate_password);
	free(site->mail_password);
	free(site->whatsapp_verify_token);
	free(site->whatsapp_app_secret);
	*site = (struct site){ 0 };
}
