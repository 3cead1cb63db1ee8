/* url.c: addresses of servers, as configurations name them */
#include "base/url.h"

#include <ctype.h>

#include "base/text.h"

/* Length of the host's part of what follows "//". */
static size_t
host_length(const char *host)
{
	const char *close = *host == '[' ? strchr(host, ']') : NULL;

	return close != NULL ? (size_t)(close - host) + 1
		: strcspn(host, ":/?#");
}

static bool
is_loopback(const char *host)
{
	static const char *const hosts[] = { "localhost", "[::1]" };
	size_t len = host_length(host);

	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		if (len == strlen(hosts[i]) &&
		    strncmp(host, hosts[i], len) == 0)
			return true;
	}
	return text_after(host, "127.") != NULL &&
	       strspn(host, "0123456789.") == len;
}

const char *
url_check(char *url)
{
	size_t len = strlen(url);
	const char *host = text_after(url, "https://");

	while (len > 0 && url[len - 1] == '/')
		url[--len] = '\0';
	if (host == NULL)
		host = text_after(url, "http://");
	if (host == NULL || host_length(host) == 0)
		return "'url' must begin with https://";
	if (strpbrk(host, "@?#") != NULL)
		return "'url' must be no more than https://HOST[:PORT][/PATH]";
	for (const char *c = host; *c != '\0'; c++) {
		if (!isgraph((unsigned char)*c))
			return "'url' holds a blank";
	}
	return NULL;
}

bool
url_is_open(const char *url)
{
	const char *host = text_after(url, "http://");

	return host != NULL && !is_loopback(host);
}
