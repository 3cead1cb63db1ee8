/* setup.c: the bridge's configuration, read and checked */
#include "setup.h"

#include <errno.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/text.h"
#include "base/url.h"
#include "spool.h"
#include "users.h"

#define TOKEN_FILE_MAX 4096
#define DEFAULT_SPOOL "/var/lib/gymgate-bridge/spool.db"

#define AT(type, member) offsetof(struct setup_##type, member)
#define HOUR_MS 3600000

static const char *const kinds[] = { "gymgate", "article", NULL };
static const char *const transports[] = { "any", "tcp", "udp", NULL };

static const struct conf_key keys[] = {
	/* section, name, type, offset, default, least, most, words */
	{ "bridge", "log", CONF_WORD, AT(bridge, log), "info", 0, 0, log_words },
	{ "bridge", "offline_grace_hours", CONF_INT,
	  AT(bridge, offline_grace_hours), "24", 0, 8760, NULL },
	{ "bridge", "report_seconds", CONF_INT, AT(bridge, report_seconds),
	  "60", 1, 3600, NULL },
	{ "bridge", "spool", CONF_STR, AT(bridge, spool), DEFAULT_SPOOL,
	  0, 1000, NULL },
	{ "bridge", "zone", CONF_STR, AT(bridge, zone), "", 0, 64, NULL },
	{ "server", "backoff_least_ms", CONF_INT,
	  AT(server, backoff_least_ms), "1000", 10, HOUR_MS, NULL },
	{ "server", "backoff_most_ms", CONF_INT, AT(server, backoff_most_ms),
	  "60000", 10, HOUR_MS, NULL },
	{ "server", "batch", CONF_INT, AT(server, batch), "500", 1, 1000,
	  NULL },
	{ "server", "ca_file", CONF_STR, AT(server, ca_file), "", 0, 1000,
	  NULL },
	{ "server", "company", CONF_STR, AT(server, company), NULL, 0, 20,
	  NULL },
	{ "server", "insecure", CONF_BOOL, AT(server, insecure), "no", 0, 0,
	  NULL },
	{ "server", "server", CONF_WORD, AT(server, kind), "gymgate", 0, 0,
	  kinds },
	{ "server", "timeout_ms", CONF_INT, AT(server, timeout_ms), "15000",
	  100, 600000, NULL },
	{ "server", "token", CONF_STR, AT(server, token), "", 0, 500, NULL },
	{ "server", "token_file", CONF_STR, AT(server, token_file), "", 0,
	  1000, NULL },
	{ "server", "url", CONF_STR, AT(server, url), NULL, 0, 1000, NULL },
	{ "terminal", "backoff_most_ms", CONF_INT,
	  AT(terminal, backoff_most_ms), "60000", 100, HOUR_MS, NULL },
	{ "terminal", "bulk_timeout_ms", CONF_INT,
	  AT(terminal, bulk_timeout_ms), "60000", 100, 600000, NULL },
	{ "terminal", "charset", CONF_STR, AT(terminal, charset), "UTF-8", 1,
	  40, NULL },
	{ "terminal", "clock_sync", CONF_BOOL, AT(terminal, clock_sync), "no",
	  0, 0, NULL },
	{ "terminal", "comm_key", CONF_INT, AT(terminal, comm_key), "0", 0,
	  UINT32_MAX, NULL },
	{ "terminal", "host", CONF_STR, AT(terminal, host), NULL, 0, 253,
	  NULL },
	{ "terminal", "keepalive_ms", CONF_INT, AT(terminal, keepalive_ms),
	  "30000", 100, 600000, NULL },
	{ "terminal", "live", CONF_BOOL, AT(terminal, live), "yes", 0, 0,
	  NULL },
	{ "terminal", "poll_ms", CONF_INT, AT(terminal, poll_ms), "20000",
	  100, HOUR_MS, NULL },
	{ "terminal", "port", CONF_INT, AT(terminal, port), "4370", 1, 65535,
	  NULL },
	{ "terminal", "serial", CONF_STR, AT(terminal, serial), "", 0,
	  SPOOL_SN_MAX, NULL },
	{ "terminal", "timeout_ms", CONF_INT, AT(terminal, timeout_ms),
	  "10000", 100, 600000, NULL },
	{ "terminal", "transport", CONF_WORD, AT(terminal, transport), "any",
	  0, 0, transports },
};

#define KEY_COUNT (sizeof keys / sizeof keys[0])

/* ---- reading ------------------------------------------------------------ */

static void *
add_terminal(struct setup *setup, const char *name)
{
	struct setup_terminal *t;

	if (!text_is_word(name, SPOOL_NAME_MAX, "-_.") ||
	    setup->terminal_count == SETUP_TERMINALS_MAX)
		return NULL;
	t = calloc(1, sizeof *t);
	if (t == NULL || (t->name = strdup(name)) == NULL)
		log_die("out of memory");
	setup->terminals[setup->terminal_count++] = t;
	return t;
}

static void *
on_section(void *arg, const char *section, const char *label)
{
	struct setup *setup = arg;

	if (strcmp(section, "terminal") == 0)
		return add_terminal(setup, label);
	if (*label != '\0')
		return NULL;
	return strcmp(section, "server") == 0 ? (void *)&setup->server
		: (void *)&setup->bridge;
}

void
setup_finish(struct setup *setup)
{
	conf_finish(keys, KEY_COUNT, "server", &setup->server);
	conf_finish(keys, KEY_COUNT, "bridge", &setup->bridge);
	for (size_t i = 0; i < setup->terminal_count; i++) {
		conf_finish(keys, KEY_COUNT, "terminal", setup->terminals[i]);
		free(setup->terminals[i]->name);
		free(setup->terminals[i]);
	}
	*setup = (struct setup){ 0 };
}

/* ---- checking ----------------------------------------------------------- */

/* The token is what the file holds up to its first blank or line end. */
static bool
read_token(struct setup_server *server, char *error, size_t size)
{
	char *text;

	if (server->token_file[0] == '\0')
		return true;
	text = text_read_file(server->token_file, TOKEN_FILE_MAX, NULL);
	if (text == NULL) {
		snprintf(error, size, "'token_file': %s: %s; "
		         "`gymgate-admin token add` on the server makes one",
		         server->token_file, strerror(errno));
		return false;
	}
	text[strcspn(text, " \t\r\n")] = '\0';
	free(server->token);
	server->token = text;
	conf_warn_if_open(server->token_file);
	return true;
}

static const char *
check_terminal(const struct setup *setup, size_t which)
{
	const struct setup_terminal *t = setup->terminals[which];

	if (*t->serial != '\0' && !text_is_word(t->serial, SPOOL_SN_MAX, "-_."))
		return "'serial' is not a serial number";
	if (!users_charset_valid(t->charset))
		return "'charset' is no code page that this machine knows";
	for (size_t i = 0; i < which; i++) {
		const struct setup_terminal *other = setup->terminals[i];

		if (*t->serial != '\0' && strcmp(t->serial, other->serial) == 0)
			return "two terminals have the same 'serial'";
		if (strcmp(t->host, other->host) == 0 && t->port == other->port)
			return "two terminals have the same 'host' and 'port'";
	}
	return NULL;
}

/* The article's server asks for no token. */
static const char *
check_token(const struct setup_server *server)
{
	if (server->token[0] != '\0' && server->token_file[0] != '\0')
		return "either 'token' or 'token_file', not both";
	if (server->kind != SETUP_ARTICLE && server->token[0] == '\0' &&
	    server->token_file[0] == '\0')
		return "'token_file' is missing in section [server]";
	return NULL;
}

/* What is wrong with values that are each within their bounds, or NULL. */
static const char *
check(struct setup *setup)
{
	const char *wrong = url_check(setup->server.url);

	if (wrong == NULL && !setup->server.insecure &&
	    url_is_open(setup->server.url))
		wrong = "'url' must be https:// (or set 'insecure = yes')";
	if (wrong == NULL)
		wrong = check_token(&setup->server);
	if (wrong != NULL)
		return wrong;
	if (!text_is_word(setup->server.company, 20, "-_"))
		return "'company' must be the company's code";
	if (setup->bridge.zone[0] != '\0' &&
	    !clock_zone_valid(setup->bridge.zone))
		return "'zone' is no time zone that this machine knows";
	if (setup->terminal_count == 0)
		return "there is no section [terminal NAME]";
	for (size_t i = 0; i < setup->terminal_count && wrong == NULL; i++)
		wrong = check_terminal(setup, i);
	return wrong;
}

bool
setup_load(struct setup *setup, const char *path, char *error, size_t size)
{
	const char *wrong;

	*setup = (struct setup){ 0 };
	if (!conf_load(path, keys, KEY_COUNT, on_section, setup, error, size))
		return false;
	wrong = check(setup);
	if (wrong != NULL) {
		snprintf(error, size, "%s: %s", path, wrong);
		return false;
	}
	if (setup->server.token[0] != '\0')
		conf_warn_if_open(path);
	if (!read_token(&setup->server, error, size))
		return false;
	if ((setup->server.token[0] != '\0' ||
	     setup->server.kind != SETUP_ARTICLE) &&
	    !text_is_word(setup->server.token, 500, "-_.")) {
		snprintf(error, size, "%s: the token is not of the form "
		         "COMPANY.DIGITS", path);
		return false;
	}
	return true;
}
