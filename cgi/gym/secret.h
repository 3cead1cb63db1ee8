/* secret.h: passwords, tokens, hashes; the only file that knows libsodium */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_HASH_SIZE 65	/* 64 hex digits and a NUL */
#define SECRET_CODE_SIZE 9	/* 8 characters and a NUL */
#define SECRET_PASSWORD_HASH_SIZE 128
#define SECRET_PASSWORD_MIN 10	/* characters */
#define SECRET_PASSWORD_MAX 128	/* bytes */

/* Before any other call; ends the program when there is no randomness. */
void secret_init(void);

/* 32 random bytes as 64 hex digits. */
void secret_random(char out[SECRET_HASH_SIZE]);
/* SHA-256 of a text, in hex: for what is random itself (tokens, sessions). */
void secret_hash(const char *text, char out[SECRET_HASH_SIZE]);
/* As secret_hash of both, set apart by `purpose`: one secret, several uses. */
void secret_derive(const char *secret, const char *purpose,
                   char out[SECRET_HASH_SIZE]);

/*
 * HMAC-SHA256 (RFC 2104) of bytes under a key of any length, in hex: how
 * somebody who shares the key signs them.
 */
void secret_hmac(const void *key, size_t key_len, const void *data, size_t len,
                 char out[SECRET_HASH_SIZE]);

/*
 * A code for people to read out and type: 8 letters and digits, none of which
 * is taken for another (no I, L, O, 0, 1).  One of 850,000,000,000, so only
 * for what holds for minutes, and where tries are slowed down.
 */
void secret_code(char out[SECRET_CODE_SIZE]);
/* Reads it as typed, in any case, with blanks and dashes; false: it is none. */
bool secret_read_code(const char *typed, char out[SECRET_CODE_SIZE]);

/*
 * argon2id at libsodium's interactive cost (0.1 s, 64 MiB); with
 * GYMGATE_TEST_CHEAP_PASSWORDS set, but not in release builds, the least.
 * False when there is no memory for it.
 */
bool secret_password_hash(const char *password,
                          char out[SECRET_PASSWORD_HASH_SIZE]);
/* A NULL `hash` takes as long and is always wrong. */
bool secret_password_matches(const char *hash, const char *password);

#endif
