/* fuzz_setup.c: the bridge's configuration, and the server's, as a whole */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "gym/site.h"
#include "setup.h"
#include "spool.h"
#include "tests/fuzz/fuzz.h"
#include "users.h"

static void
check_terminal(const struct setup_terminal *t)
{
	assert(text_is_word(t->name, SPOOL_NAME_MAX, "-_."));
	assert(*t->serial == '\0' ||
	       text_is_word(t->serial, SPOOL_SN_MAX, "-_."));
	assert(t->port >= 1 && t->port <= 65535);
	assert(users_charset_valid(t->charset));
}

/* No token goes where anybody reads along, unless somebody has said so. */
static void
check_setup(const struct setup *setup)
{
	const struct setup_server *server = &setup->server;

	assert(server->insecure || !url_is_open(server->url));
	assert(text_is_word(server->company, 20, "-_"));
	assert(server->kind == SETUP_ARTICLE ||
	       text_is_word(server->token, 500, "-_."));
	assert(server->batch >= 1 && server->batch <= 1000);
	assert(setup->bridge.zone[0] == '\0' ||
	       clock_zone_valid(setup->bridge.zone));
	assert(setup->terminal_count >= 1 &&
	       setup->terminal_count <= SETUP_TERMINALS_MAX);
	for (size_t i = 0; i < setup->terminal_count; i++)
		check_terminal(setup->terminals[i]);
}

static void
check_site(struct site *site)
{
	char error[300];
	char *token = site_load_token(site, "/dev/null/", "../x", error,
	                              sizeof error);

	assert(token == NULL);
	assert(!url_is_open(site->whatsapp_url));
	assert(site->workers >= 1 && site->workers <= 256);
	assert(site->db.port >= 1 && site->db.port <= 65535);
	assert(*site->db_host != '\0' || *site->db.socket != '\0' ||
	       *site->db_socket == '\0');
	if (site_load_mail(site, error, sizeof error))
		assert(mail_is_address(site->mail.from));
}

/* Names of files that would be waited for are not for a fuzzer. */
static bool
names_a_device(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	bool found = strstr(text, "/dev") != NULL ||
		strstr(text, "/proc") != NULL;

	free(text);
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setup setup;
	struct site site;
	char path[32], error[600] = "";
	int fd;

	if (names_a_device(data, size))
		return 0;
	fd = memfd_create("conf", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	log_open("fuzz", LOG_ERROR);
	if (setup_load(&setup, path, error, sizeof error))
		check_setup(&setup);
	else
		assert(error[0] != '\0' && strchr(error, '\n') == NULL);
	setup_finish(&setup);
	if (site_load(&site, path, error, sizeof error)) {
		check_site(&site);
		site_finish(&site);
	}
	close(fd);
	return 0;
}
