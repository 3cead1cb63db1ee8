/* guard.h: who calls: sessions, displays and tokens, for route.c */
#ifndef GUARD_H
#define GUARD_H

#include "gym/secret.h"
#include "http/route.h"

/* The hooks of route.h, over sessions, displays and API tokens. */
extern const struct route_hooks guard_hooks;

/*
 * The secret_hash of the token that a request shows, as Bearer or as the
 * password of HTTP Basic, and the company it names (in the arena); false when
 * it shows nothing that looks like one.  Only the database knows if it holds.
 */
bool guard_token_hash(struct req *req, char out[SECRET_HASH_SIZE],
                      const char **company);

/* The token that the forms of a session carry, by the cookie's secret. */
void guard_csrf(const char *session_secret, char out[SECRET_HASH_SIZE]);

#endif
