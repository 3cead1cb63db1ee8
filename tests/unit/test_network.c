/* test_network.c: which addresses are counted as one */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/network.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void
an_ipv6_address_is_its_64_an_ipv4_address_itself(void **state)
{
	static const struct {
		const char *address, *network;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::FFFF:c000:201", "192.0.2.1" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
		{ "2001:db8:1:2::1", "2001:db8:1:2::" },
		{ "2001:DB8:1:2::", "2001:db8:1:2::" },
		{ "2001:db8:1:3::1", "2001:db8:1:3::" },
		{ "2001:db8::1", "2001:db8::" },
		{ "2001:db8::1:2:3:4", "2001:db8::" },
		{ "2001:db8:0:0:1::", "2001:db8::" },
		{ "1::4:5:6:7:8", "1:0:0:4::" },
		{ "1:0:0:4:ffff:ffff:ffff:ffff", "1:0:0:4::" },
		{ "::1", "::" },
		{ "fe80::1:2:3:4", "fe80::" },
	};
	char out[NETWORK_SIZE], again[NETWORK_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_ptr_equal(network_of(cases[i].address, out), out);
		assert_string_equal(out, cases[i].network);
		assert_string_equal(network_of(out, again), out);
	}
}

static void
what_is_no_address_stays_and_fits(void **state)
{
	static const char *const odd[] = { "", "unix:", "192.0.2",
		"2001:db8::1%eth0", "2001:db8:::1", "x" };
	char out[NETWORK_SIZE], longest[3 * NETWORK_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_string_equal(network_of(odd[i], out), odd[i]);
	memset(longest, ':', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(strlen(network_of(longest, out)), NETWORK_SIZE - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_ipv6_address_is_its_64_an_ipv4_address_itself),
		cmocka_unit_test(what_is_no_address_stays_and_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
