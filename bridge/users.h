/* users.h: the users of a terminal, from the terminal into the spool */
#ifndef USERS_H
#define USERS_H

#include "harvest.h"

/* Is this a code page that names can be turned from? */
bool users_charset_valid(const char *charset);

/*
 * A name of `charset` as UTF-8; bytes that are none become a question mark.
 * What does not fit into `out` is cut between characters.
 */
void users_name(const char *charset, const char *name, char *out, size_t size);

/*
 * Reads the list; a terminal that refuses it is asked again tomorrow.  No
 * password and no template leaves the terminal's record.
 */
enum harvest_result users_read(struct harvest *h);

#endif
