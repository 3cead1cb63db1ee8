/* url.h: addresses of servers, as configurations name them */
#ifndef URL_H
#define URL_H

#include <stdbool.h>

/*
 * Cuts slashes off the end and checks "https://HOST[:PORT][/PATH]", or http://
 * likewise.  NULL: it is one; else one line for people, which calls the key
 * 'url'.
 */
const char *url_check(char *url);
/* Would anybody on the way read along: http, and not to this machine? */
bool url_is_open(const char *url);

#endif
