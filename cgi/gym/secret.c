/* secret.c: passwords, tokens, hashes; the only file that knows libsodium */
#include "gym/secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

_Static_assert(SECRET_PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES,
               "a password's hash fits its column");

void
secret_init(void)
{
	if (sodium_init() < 0)
		log_die("libsodium cannot start");
}

void
secret_random(char out[SECRET_HASH_SIZE])
{
	unsigned char bytes[32];

	randombytes_buf(bytes, sizeof bytes);
	text_to_hex(out, bytes, sizeof bytes);
}

void
secret_hash(const char *text, char out[SECRET_HASH_SIZE])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	text_to_hex(out, hash, sizeof hash);
}

void
secret_derive(const char *secret, const char *purpose,
              char out[SECRET_HASH_SIZE])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	/* the NUL between keeps ("ab", "c") and ("a", "bc") apart */
	crypto_hash_sha256_update(&state, (const unsigned char *)purpose,
	                          strlen(purpose) + 1);
	crypto_hash_sha256_update(&state, (const unsigned char *)secret,
	                          strlen(secret));
	crypto_hash_sha256_final(&state, hash);
	text_to_hex(out, hash, sizeof hash);
}

void
secret_hmac(const void *key, size_t key_len, const void *data, size_t len,
            char out[SECRET_HASH_SIZE])
{
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, data, len);
	crypto_auth_hmacsha256_final(&state, hash);
	text_to_hex(out, hash, sizeof hash);
}

static const char code_letters[] = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

void
secret_code(char out[SECRET_CODE_SIZE])
{
	for (size_t i = 0; i < SECRET_CODE_SIZE - 1; i++)
		out[i] = code_letters[randombytes_uniform(
			sizeof code_letters - 1)];
	out[SECRET_CODE_SIZE - 1] = '\0';
}

bool
secret_read_code(const char *typed, char out[SECRET_CODE_SIZE])
{
	size_t n = 0;

	for (; *typed != '\0'; typed++) {
		char c = (char)(*typed >= 'a' && *typed <= 'z'
			? *typed - 0x20 : *typed);

		if (c == ' ' || c == '-')
			continue;
		if (n == SECRET_CODE_SIZE - 1 ||
		    strchr(code_letters, c) == NULL)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n == SECRET_CODE_SIZE - 1;
}

static bool
is_cheap(void)
{
#ifdef GYMGATE_RELEASE
	return false;
#else
	return getenv("GYMGATE_TEST_CHEAP_PASSWORDS") != NULL;
#endif
}

bool
secret_password_hash(const char *password, char out[SECRET_PASSWORD_HASH_SIZE])
{
	bool cheap = is_cheap();
	unsigned long long ops = cheap ? crypto_pwhash_OPSLIMIT_MIN
		: crypto_pwhash_OPSLIMIT_INTERACTIVE;
	size_t memory = cheap ? crypto_pwhash_MEMLIMIT_MIN
		: crypto_pwhash_MEMLIMIT_INTERACTIVE;

	if (crypto_pwhash_str(out, password, strlen(password), ops,
	                      memory) == 0)
		return true;
	log_error("no memory to hash a password");
	return false;
}

bool
secret_password_matches(const char *hash, const char *password)
{
	char nobody[SECRET_PASSWORD_HASH_SIZE];

	if (hash == NULL) {
		secret_password_hash(password, nobody);
		return false;
	}
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
