/* test_secret.c: hashes by known vectors, purposes apart, passwords, tokens */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "gym/secret.h"
#include "gym/token.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* FIPS 180-2, and what the standard tools say of a million a's. */
static void
hashes_are_sha_256(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
		         "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039"
		  "a33ce45964ff2167f6ecedd419db06c1" },
	};
	static char million[1000001];
	char out[SECRET_HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		secret_hash(vectors[i][0], out);
		assert_string_equal(out, vectors[i][1]);
	}
	memset(million, 'a', sizeof million - 1);
	secret_hash(million, out);
	assert_string_equal(out, "cdc76e5c9914fb9281a1c7e284d73e67"
	                    "f1809a48a497200e046d39ccc7112cd0");
}

/* RFC 4231, section 4: cases 1 to 4, 6 and 7. */
static void
signatures_are_hmac_sha_256(void **state)
{
	static const struct {
		size_t key_len;
		int key;		/* each byte; -1: 1, 2, 3, ...; 0: "Jefe" */
		size_t len;
		int byte;		/* each byte; 0: `text` */
		const char *text, *expected;
	} cases[] = {
		{ 20, 0x0b, 8, 0, "Hi There",
		  "b0344c61d8db38535ca8afceaf0bf12b"
		  "881dc200c9833da726e9376c2e32cff7" },
		{ 4, 0, 28, 0, "what do ya want for nothing?",
		  "5bdcc146bf60754e6a042426089575c7"
		  "5a003f089d2739839dec58b964ec3843" },
		{ 20, 0xaa, 50, 0xdd, "",
		  "773ea91e36800e46854db8ebd09181a7"
		  "2959098b3ef8c122d9635514ced565fe" },
		{ 25, -1, 50, 0xcd, "",
		  "82558a389a443c0ea4cc819899f2083a"
		  "85f0faa3e578f8077a2e3ff46729665b" },
		{ 131, 0xaa, 54, 0, "Test Using Larger Than Block-Size Key - "
		  "Hash Key First",
		  "60e431591ee0b67f0d8a26aacbf5b77f"
		  "8e0bc6213728c5140546040f0ee37f54" },
		{ 131, 0xaa, 152, 0, "This is a test using a larger than "
		  "block-size key and a larger than block-size data. The key "
		  "needs to be hashed before being used by the HMAC algorithm.",
		  "9b09ffa71b942fcb27635fbcd5b0e944"
		  "bfdc63644f0713938a7f51535c3a35e2" },
	};
	unsigned char key[131];
	char data[153], out[SECRET_HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t k = 0; k < cases[i].key_len; k++)
			key[k] = (unsigned char)(cases[i].key > 0
				? cases[i].key : cases[i].key < 0 ? (int)k + 1
				: "Jefe"[k]);
		memset(data, cases[i].byte, sizeof data);
		if (cases[i].byte == 0)
			memcpy(data, cases[i].text, cases[i].len);
		secret_hmac(key, cases[i].key_len, data, cases[i].len, out);
		assert_string_equal(out, cases[i].expected);
	}
}

static void
purposes_keep_one_secret_apart(void **state)
{
	char a[SECRET_HASH_SIZE], b[SECRET_HASH_SIZE];

	(void)state;
	secret_derive("s", "csrf", a);
	secret_derive("s", "csrf", b);
	assert_string_equal(a, b);
	/* the SHA-256 of "csrf", NUL, "s" */
	assert_string_equal(a, "dd19cddfa146b77c0aba2f90928bfd8f"
	                    "0330d4a56cded8b18e2d8a9efd8538ff");
	secret_derive("s", "other", b);
	assert_string_not_equal(a, b);
	secret_derive("t", "csrf", b);
	assert_string_not_equal(a, b);
	secret_hash("s", b);
	assert_string_not_equal(a, b);
	secret_hash("csrfs", b);
	assert_string_not_equal(a, b);
	/* what is moved from one to the other gives another */
	secret_derive("c", "ab", a);
	secret_derive("bc", "a", b);
	assert_string_not_equal(a, b);
	secret_derive("", "abc", b);
	assert_string_not_equal(a, b);
}

static void
random_ones_never_come_twice(void **state)
{
	char list[50][SECRET_HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++) {
		secret_random(list[i]);
		assert_int_equal(strspn(list[i], "0123456789abcdef"), 64);
		assert_int_equal(strlen(list[i]), 64);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(list[i], list[k]);
	}
}

/* ---- passwords ----------------------------------------------------------- */

static void
check_passwords(const char *cost)
{
	static const char *const wrong[] = {
		"", "correct horse batter", "correct horse batteryy",
		"Correct horse battery", "correct horse battery ",
	};
	char hash[SECRET_PASSWORD_HASH_SIZE], other[SECRET_PASSWORD_HASH_SIZE];

	assert_true(secret_password_hash("correct horse battery", hash));
	if (text_after(hash, "$argon2id$v=19$") == NULL ||
	    strstr(hash, cost) == NULL)
		fail_msg("%s has not the cost %s", hash, cost);
	assert_true(secret_password_matches(hash, "correct horse battery"));
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(secret_password_matches(hash, wrong[i]));
	assert_true(secret_password_hash("correct horse battery", other));
	assert_string_not_equal(hash, other);	/* salted */
	assert_true(secret_password_matches(other, "correct horse battery"));
	assert_false(secret_password_matches(NULL, "correct horse battery"));
	assert_false(secret_password_matches("", "correct horse battery"));
	assert_false(secret_password_matches("$argon2id$nonsense", ""));
}

static void
passwords_match_their_hash_and_no_other(void **state)
{
	(void)state;
	setenv("GYMGATE_TEST_CHEAP_PASSWORDS", "1", 1);
	check_passwords("$m=8,t=1,p=1$");
}

static void
passwords_cost_what_they_should(void **state)
{
	char hash[SECRET_PASSWORD_HASH_SIZE];

	(void)state;
	unsetenv("GYMGATE_TEST_CHEAP_PASSWORDS");
	assert_true(secret_password_hash("correct horse battery", hash));
	assert_non_null(strstr(hash, "$m=65536,t=2,p=1$"));
	/* the cost is the hash's own, whoever checks it */
	setenv("GYMGATE_TEST_CHEAP_PASSWORDS", "1", 1);
	assert_true(secret_password_matches(hash, "correct horse battery"));
	assert_false(secret_password_matches(hash, "correct horse batterz"));
}

/* ---- tokens -------------------------------------------------------------- */

#define HEX "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

static void
tokens_look_like_tokens(void **state)
{
	static const char *const good[] = {
		"SF." HEX, "a." HEX, "A-b_9." HEX, "ABCDEFGHIJKLMNOP." HEX,
	};
	static const char *const bad[] = {
		"", ".", "SF", "SF.", HEX, "." HEX, "SF" HEX,
		"ABCDEFGHIJKLMNOPQ." HEX, "SF." HEX "0", "SF.." HEX,
		"SF.X." HEX, "SF.0" HEX, "SF." HEX " ", " SF." HEX,
		"S F." HEX, "S'F." HEX, "S\xc3\xa9." HEX, "SF." HEX "\n",
		"SF.0123456789ABCDEF0123456789abcdef"
		"0123456789abcdef0123456789abcdef",
		"SF.0123456789abcdeg0123456789abcdef"
		"0123456789abcdef0123456789abcdef",
		"SF.0123456789abcde",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!token_well_formed(good[i]))
			fail_msg("is refused: %s", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (token_well_formed(bad[i]))
			fail_msg("is taken: %s", bad[i]);
	}
}

static void
very_long_tokens_are_refused(void **state)
{
	static char text[100001];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	assert_false(token_well_formed(text));
	text[2] = '.';
	assert_false(token_well_formed(text));
}

static void
codes_are_read_as_people_type_them(void **state)
{
	static const char *const bad[] = { "", "ABCD", "ABCDEFGHJ", "ABCD-EFG1",
		                           "ABCD-EFG0", "ABCD-EFGI", "ABCD.EFG",
		                           "ABCD-EFGL", "ABCD-EFGO",
		                           "\xc3\x84" "BCDEFG" };
	char code[SECRET_CODE_SIZE], other[SECRET_CODE_SIZE];
	char read[SECRET_CODE_SIZE];

	(void)state;
	secret_code(code);
	secret_code(other);
	assert_string_not_equal(code, other);
	assert_int_equal(strlen(code), 8);
	assert_int_equal(strcspn(code, "ILO01"), 8);
	assert_true(secret_read_code(code, read));
	assert_string_equal(read, code);
	assert_true(secret_read_code(" abcd-ef gh-", read));
	assert_string_equal(read, "ABCDEFGH");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(secret_read_code(bad[i], read));
}

static int
start(void **state)
{
	(void)state;
	secret_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_sha_256),
		cmocka_unit_test(signatures_are_hmac_sha_256),
		cmocka_unit_test(purposes_keep_one_secret_apart),
		cmocka_unit_test(random_ones_never_come_twice),
		cmocka_unit_test(codes_are_read_as_people_type_them),
		cmocka_unit_test(passwords_match_their_hash_and_no_other),
		cmocka_unit_test(passwords_cost_what_they_should),
		cmocka_unit_test(tokens_look_like_tokens),
		cmocka_unit_test(very_long_tokens_are_refused),
	};

	return cmocka_run_group_tests_name("secret", tests, start, NULL);
}
