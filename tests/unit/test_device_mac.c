/* test_device_mac.c: what a reported MAC address means for a terminal */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "gym/device_mac.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define OLD "00:17:61:aa:00:01"
#define NEW "00:17:61:aa:00:02"

static void
an_address_is_judged_by_what_is_known(void **state)
{
	static const struct {
		const char *accepted, *waits, *told;
		enum device_mac_news news;
	} cases[] = {
		{ NULL, NULL, NULL, DEVICE_MAC_NOTHING },
		{ NULL, NULL, "", DEVICE_MAC_NOTHING },
		{ NULL, NULL, OLD, DEVICE_MAC_FIRST },
		{ OLD, NULL, NULL, DEVICE_MAC_NOTHING },
		{ OLD, NULL, OLD, DEVICE_MAC_NOTHING },
		{ OLD, NULL, "00:17:61:AA:00:01", DEVICE_MAC_NOTHING },
		{ OLD, NULL, NEW, DEVICE_MAC_OTHER },
		{ OLD, NULL, "00:17:61:AA:00:0", DEVICE_MAC_OTHER },
		{ OLD, NEW, NULL, DEVICE_MAC_NOTHING },
		{ OLD, NEW, "", DEVICE_MAC_NOTHING },
		{ OLD, NEW, NEW, DEVICE_MAC_NOTHING },
		{ OLD, NEW, "00:17:61:AA:00:02", DEVICE_MAC_NOTHING },
		{ OLD, NEW, "00:17:61:aa:00:03", DEVICE_MAC_OTHER },
		{ OLD, NEW, OLD, DEVICE_MAC_BACK },
		{ OLD, NEW, "00:17:61:AA:00:01", DEVICE_MAC_BACK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct device device = { .mac = cases[i].accepted,
			                 .other_mac = cases[i].waits };

		if (device_mac_judge(&device, cases[i].told) != cases[i].news)
			fail_msg("case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_judged_by_what_is_known),
	};

	return cmocka_run_group_tests_name("device_mac", tests, NULL, NULL);
}
