/* test_doctor.c: what the doctor is asked for, and what it hides */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "doctor_inside.h"

#define COUNT(table) (sizeof table / sizeof table[0])

static void
hosts_and_ports_are_taken_apart(void **state)
{
	static const struct {
		const char *what, *host;
		int port;
	} good[] = {
		{ "192.168.1.201", "192.168.1.201", 0 },
		{ "192.168.1.201:4371", "192.168.1.201", 4371 },
		{ "front.gym.lan:65535", "front.gym.lan", 65535 },
		{ "::1", "::1", 0 },
		{ "fe80::1%eth0", "fe80::1%eth0", 0 },
		{ "[::1]", "::1", 0 },
		{ "[fe80::1%eth0]:4370", "fe80::1%eth0", 4370 },
	};
	static const char *const bad[] = {
		"", ":", ":4370", "a:", "a:0", "a:65536", "a:-1", "a:4370x",
		"a: 1", "a b", "a\n", "\x80", "http://a", "[", "[]", "[]:1",
		"[::1", "[::1]4370", "[::1]:", "[::1]:0",
	};
	char host[DOCTOR_HOST_MAX + 1], longest[DOCTOR_HOST_MAX + 2];
	int port;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(doctor_split(good[i].what, host, &port));
		assert_string_equal(host, good[i].host);
		assert_int_equal(port, good[i].port);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(doctor_split(bad[i], host, &port));
	memset(longest, 'a', sizeof longest);
	longest[DOCTOR_HOST_MAX + 1] = '\0';
	assert_false(doctor_split(longest, host, &port));
	longest[DOCTOR_HOST_MAX] = '\0';
	assert_true(doctor_split(longest, host, &port));
}

static void
names_in_unknown_bytes_are_hidden(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *shown;
	} samples[] = {
		{ "", 0, "" },
		{ "\0\1Asha\0", 7, "0001........00" },
		{ "1007 Rao", 8, "3130303720......" },
		/* a packed time stays readable */
		{ "\x01\xe9\xfc\xe1\x31", 5, "01e9fce131" },
		/* a name in UTF-8, at the end of the sample */
		{ "\x07\xe0\xa4\x86\xe0\xa4\xb6", 7, "07............" },
	};
	char shown[64];

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		doctor_mask((const uint8_t *)samples[i].bytes, samples[i].len,
		            shown);
		assert_string_equal(shown, samples[i].shown);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_and_ports_are_taken_apart),
		cmocka_unit_test(names_in_unknown_bytes_are_hidden),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
