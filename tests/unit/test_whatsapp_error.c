/* test_whatsapp_error.c: each error of the service, and when to try again */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "gym/whatsapp_error.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW (INT64_C(1773300000) * SECOND)
#define NEVER (-1)

static void
each_code_has_its_action(void **state)
{
	static const struct {
		int64_t code;
		enum whatsapp_action action;
	} cases[] = {
		{ 0, WHATSAPP_STOP_ALL }, { 190, WHATSAPP_STOP_ALL },
		{ 3, WHATSAPP_STOP_ALL }, { 10, WHATSAPP_STOP_ALL },
		{ 200, WHATSAPP_STOP_ALL }, { 299, WHATSAPP_STOP_ALL },
		{ 131031, WHATSAPP_STOP_ALL }, { 368, WHATSAPP_STOP_ALL },
		{ 131048, WHATSAPP_STOP_ALL },
		{ 1, WHATSAPP_RETRY }, { 2, WHATSAPP_RETRY },
		{ 133016, WHATSAPP_RETRY },
		{ 4, WHATSAPP_SLOW }, { 80007, WHATSAPP_SLOW },
		{ 130429, WHATSAPP_SLOW },
		{ 131056, WHATSAPP_PAIR }, { 131049, WHATSAPP_DAY },
		{ 131050, WHATSAPP_NEVER }, { 131026, WHATSAPP_UNREACHED },
		{ 132000, WHATSAPP_STOP_TEMPLATE },
		{ 132001, WHATSAPP_STOP_TEMPLATE },
		{ 132012, WHATSAPP_STOP_TEMPLATE },
		{ 132015, WHATSAPP_STOP_TEMPLATE },
		{ 132016, WHATSAPP_STOP_TEMPLATE },
		{ 131047, WHATSAPP_FAIL }, { 100, WHATSAPP_FAIL },
		{ 131051, WHATSAPP_FAIL }, { 130497, WHATSAPP_FAIL },
		/* of which nobody has heard */
		{ 5, WHATSAPP_FAIL }, { 300, WHATSAPP_FAIL },
		{ 132007, WHATSAPP_FAIL }, { -1, WHATSAPP_FAIL },
		{ INT64_MAX, WHATSAPP_FAIL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (whatsapp_action_of(cases[i].code) != cases[i].action)
			fail_msg("%d", (int)cases[i].code);
	}
}

static void
pauses_grow(void **state)
{
	static const struct {
		enum whatsapp_action action;
		int tries;
		int64_t pause;
	} cases[] = {
		{ WHATSAPP_RETRY, 1, MINUTE }, { WHATSAPP_RETRY, 2, 2 * MINUTE },
		{ WHATSAPP_RETRY, 7, HOUR }, { WHATSAPP_RETRY, 8, NEVER },
		{ WHATSAPP_PAIR, 1, 4 * SECOND }, { WHATSAPP_PAIR, 2, 16 * SECOND },
		{ WHATSAPP_PAIR, 3, 64 * SECOND }, { WHATSAPP_PAIR, 7, HOUR },
		{ WHATSAPP_DAY, 1, DAY }, { WHATSAPP_DAY, 2, 2 * DAY },
		{ WHATSAPP_DAY, 4, 8 * DAY }, { WHATSAPP_DAY, 7, 8 * DAY },
		{ WHATSAPP_DAY, 9, NEVER }, { WHATSAPP_SLOW, 3, 4 * MINUTE },
		{ WHATSAPP_FAIL, 1, NEVER }, { WHATSAPP_NEVER, 1, NEVER },
		{ WHATSAPP_UNREACHED, 1, NEVER }, { WHATSAPP_STOP_ALL, 1, NEVER },
		{ WHATSAPP_STOP_TEMPLATE, 1, NEVER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t at = whatsapp_retry_at(cases[i].action, cases[i].tries,
		                               NOW);
		int64_t pause = at == CLOCK_NO_TIME ? NEVER : at - NOW;

		if (pause != cases[i].pause)
			fail_msg("case %zu: %d s", i, (int)(pause / SECOND));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_has_its_action),
		cmocka_unit_test(pauses_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
