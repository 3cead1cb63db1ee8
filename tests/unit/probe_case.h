/* probe_case.h: a fake terminal, asked without sockets, for each test case */
#ifndef PROBE_CASE_H
#define PROBE_CASE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/terminal/probe.h"

static struct fake_probe probe;

static inline void
open_with(const char *const *options)
{
	fake_probe_init(&probe, options);
	assert_int_equal(fake_probe_code(&probe, CODE_CONNECT), CODE_ACK_OK);
}

static inline int
close_all(void **state)
{
	(void)state;
	fake_probe_finish(&probe);
	return 0;
}

static inline void
assert_order(const char *order, const char *answer)
{
	assert_string_equal(fake_probe_order(&probe, "%s", order), answer);
}

#endif
