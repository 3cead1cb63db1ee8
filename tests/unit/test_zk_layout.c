/* test_zk_layout.c: the form of a log's records: found, or not guessed */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "zk_record.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define MORNING 1768458600	/* 2026-01-15 06:30:00 */
#define SAMPLE 16384
#define BAD_DATE 840931200u	/* 31 February */

/* A log as a gym has it; all of it comes from `seed`. */
struct kind {
	enum zk_layout layout;
	size_t count;
	unsigned users;
	int state;		/* -1: 0 to 5 at random */
	unsigned bad;		/* of a hundred dates */
	unsigned doubles;	/* of a hundred records, once more the same */
	size_t odd;		/* bytes behind the last record */
};

static uint32_t
chance(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void
put_u32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static void
write_record(enum zk_layout layout, uint8_t *raw, unsigned user,
             uint32_t packed, uint8_t state)
{
	memset(raw, 0, ZK_RAW_MAX);
	raw[0] = (uint8_t)user;
	raw[1] = (uint8_t)(user >> 8);
	switch (layout) {
	case ZK_LAYOUT_8A:
		raw[2] = 1;
		put_u32(raw + 3, packed);
		raw[7] = state;
		break;
	case ZK_LAYOUT_8B:
		raw[2] = (uint8_t)((state & 7) << 5 | 1 << 3);
		put_u32(raw + 4, packed);
		break;
	case ZK_LAYOUT_16:
		put_u32(raw + 4, packed);
		raw[8] = state;
		raw[9] = 1;
		break;
	default:
		snprintf((char *)raw + 2, 24, "%u", user);
		raw[26] = 1;
		put_u32(raw + 27, packed);
		raw[31] = state;
		memcpy(raw + 40, "\xff" "255", 4);
		break;
	}
}

static void
fill(struct buf *log, const struct kind *k, uint32_t seed)
{
	int64_t at = MORNING - (int64_t)k->count * 61;
	uint8_t raw[ZK_RAW_MAX] = { 0 };

	for (size_t i = 0; i < k->count; i++) {
		uint8_t state = k->state < 0 ? (uint8_t)chance(&seed, 6)
			: (uint8_t)k->state;
		bool bad = chance(&seed, 100) < k->bad;

		at += chance(&seed, 120);
		if (i == 0 || chance(&seed, 100) >= k->doubles)
			write_record(k->layout, raw,
			             1 + chance(&seed, k->users),
			             bad ? BAD_DATE : zk_time_encode(at),
			             state);
		buf_append(log, raw, zk_layout_bytes(k->layout));
	}
	for (size_t i = 0; i < k->odd; i++) {
		uint8_t byte = (uint8_t)chance(&seed, 256);

		buf_append(log, &byte, 1);
	}
}

static enum zk_layout
choose(const struct buf *log, uint32_t count, enum zk_layout remembered)
{
	return zk_layout_choose((uint8_t *)log->data, log->len < SAMPLE
		? log->len : SAMPLE, log->len, count, remembered);
}

/* Says which; a wrong choice is worse than none. */
static void
check(const struct kind *k, uint32_t count, enum zk_layout remembered,
      bool must)
{
	for (uint32_t seed = 1; seed <= 5; seed++) {
		struct buf log = BUF_INIT;
		enum zk_layout found;

		fill(&log, k, seed);
		found = choose(&log, count, remembered);
		if (found != k->layout && (must || found != ZK_LAYOUT_UNKNOWN))
			fail_msg("%d of layout %d, %u users, state %d, %u%% "
			         "bad, %u%% double, %d odd, count %u: found "
			         "%d", (int)k->count, (int)k->layout,
			         k->users, k->state, k->bad, k->doubles,
			         (int)k->odd, (unsigned)count, (int)found);
		buf_finish(&log);
	}
}

/* Whatever the terminal counts: the true number, none, a few off, nonsense. */
static void
the_layout_is_found_whatever_is_counted(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 20, 49, 200, 4000 };
	static const unsigned users[] = { 5, 300, 60000 };
	static const int states[] = { 0, -1, 255 };

	(void)state;
	for (int layout = ZK_LAYOUT_8A; layout < ZK_LAYOUT__COUNT; layout++)
	for (size_t i = 0; i < COUNT(sizes); i++)
	for (size_t u = 0; u < COUNT(users); u++)
	for (size_t s = 0; s < COUNT(states); s++) {
		uint32_t n = (uint32_t)sizes[i];
		const uint32_t counts[] = { n, 0, n + 1, n + 7, n - 1,
			                    123456 };
		struct kind k = { (enum zk_layout)layout, n, users[u],
			          states[s], 0, u == 0 ? 30 : 0, 0 };

		for (size_t c = 0; c < COUNT(counts); c++)
			check(&k, counts[c], ZK_LAYOUT_UNKNOWN,
			      n >= 3 || counts[c] == n);
	}
}

/* As many bad dates as may be: a count that fits, or nearly, tells. */
static void
bad_dates_never_lead_to_another_layout(void **state)
{
	static const size_t sizes[] = { 3, 20, 200, 4000 };

	(void)state;
	for (int layout = ZK_LAYOUT_8A; layout < ZK_LAYOUT__COUNT; layout++)
	for (size_t i = 0; i < COUNT(sizes); i++)
	for (unsigned bad = 10; bad <= 90; bad += 20) {
		uint32_t n = (uint32_t)sizes[i];
		struct kind k = { (enum zk_layout)layout, n, 300, -1, bad, 5,
			          0 };

		check(&k, n, ZK_LAYOUT_UNKNOWN, true);
		check(&k, n + 1, ZK_LAYOUT_UNKNOWN, n >= 20 && bad <= 50);
		check(&k, 0, ZK_LAYOUT_UNKNOWN, n >= 200 && bad <= 30);
		check(&k, 0, k.layout, n >= 200 && bad <= 50);
	}
}

static void
odd_bytes_at_the_end_are_put_up_with(void **state)
{
	static const size_t sizes[] = { 2, 3, 20, 200, 4000 };

	(void)state;
	for (int layout = ZK_LAYOUT_8A; layout < ZK_LAYOUT__COUNT; layout++)
	for (size_t i = 0; i < COUNT(sizes); i++)
	for (size_t odd = 1; odd < zk_layout_bytes((enum zk_layout)layout);
	     odd++) {
		uint32_t n = (uint32_t)sizes[i];
		struct kind k = { (enum zk_layout)layout, n, 300, -1, 0, 5,
			          odd };

		check(&k, n, ZK_LAYOUT_UNKNOWN, n >= 20);
		check(&k, 0, ZK_LAYOUT_UNKNOWN, n >= 200);
		check(&k, 0, k.layout, n >= 200);
	}
}

/* One layout remembered does not hide that there is another now. */
static void
a_wrong_memory_is_outvoted(void **state)
{
	(void)state;
	for (int layout = ZK_LAYOUT_8A; layout < ZK_LAYOUT__COUNT; layout++)
	for (int other = ZK_LAYOUT_8A; other < ZK_LAYOUT__COUNT; other++) {
		struct kind k = { (enum zk_layout)layout, 200, 300, -1, 0, 5,
			          0 };

		check(&k, 200, (enum zk_layout)other, true);
		check(&k, 0, (enum zk_layout)other, true);
	}
}

/* Half the log of one layout, half of another: as if it were none. */
static void
mixtures_are_not_guessed(void **state)
{
	(void)state;
	for (int one = ZK_LAYOUT_8A; one < ZK_LAYOUT__COUNT; one++)
	for (int other = ZK_LAYOUT_8A; other < ZK_LAYOUT__COUNT; other++) {
		struct kind first = { (enum zk_layout)one, 40, 300, 0, 0, 0,
			              3 };
		struct kind rest = { (enum zk_layout)other, 200, 300, 0, 0, 0,
			             0 };
		struct buf log = BUF_INIT;
		enum zk_layout found;

		fill(&log, &first, 1);
		fill(&log, &rest, 2);
		found = choose(&log, 0, ZK_LAYOUT_UNKNOWN);
		assert_true(found == ZK_LAYOUT_UNKNOWN ||
		            found == first.layout);
		buf_finish(&log);
	}
}

static void
bytes_that_fit_nothing_are_not_guessed(void **state)
{
	uint8_t junk[400];

	(void)state;
	for (size_t i = 0; i < sizeof junk; i++)
		junk[i] = (uint8_t)(i * 7 + 13);
	assert_int_equal(zk_layout_choose(junk, 399, 399, 10, 0),
	                 ZK_LAYOUT_UNKNOWN);
	assert_int_equal(zk_layout_choose(junk, 400, 400, 0, 0),
	                 ZK_LAYOUT_UNKNOWN);
	assert_int_equal(zk_layout_choose(junk, 124, 124, 2000, 0),
	                 ZK_LAYOUT_UNKNOWN);
	memset(junk, 0, sizeof junk);
	assert_int_equal(zk_layout_choose(junk, 400, 400, 0, 0),
	                 ZK_LAYOUT_UNKNOWN);
}

/* A count that fits wins over records that are bad, one and all. */
static void
bad_dates_do_not_hide_the_layout(void **state)
{
	uint8_t log[400] = { 0 };

	(void)state;
	assert_int_equal(zk_layout_choose(log, 400, 400, 10, 0), ZK_LAYOUT_40);
}

/* Erased flash looks like neither of the 8-byte forms. */
static void
bad_records_do_not_turn_one_form_into_the_other(void **state)
{
	const enum zk_layout forms[] = { ZK_LAYOUT_8A, ZK_LAYOUT_8B };

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		const struct kind kind = { forms[i], 200, 20, 1, 0, 0, 0 };
		struct buf log = BUF_INIT;
		uint8_t erased[8 * 80];

		memset(erased, 0xff, sizeof erased);
		fill(&log, &kind, 7);
		buf_append(&log, erased, sizeof erased);
		assert_int_equal(choose(&log, 280, ZK_LAYOUT_UNKNOWN), forms[i]);
		assert_int_equal(zk_layout_choose(erased, sizeof erased,
			sizeof erased, 80, forms[i]), forms[i]);
		buf_finish(&log);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_is_found_whatever_is_counted),
		cmocka_unit_test(bad_dates_never_lead_to_another_layout),
		cmocka_unit_test(odd_bytes_at_the_end_are_put_up_with),
		cmocka_unit_test(a_wrong_memory_is_outvoted),
		cmocka_unit_test(mixtures_are_not_guessed),
		cmocka_unit_test(bytes_that_fit_nothing_are_not_guessed),
		cmocka_unit_test(bad_dates_do_not_hide_the_layout),
		cmocka_unit_test(
			bad_records_do_not_turn_one_form_into_the_other),
	};

	return cmocka_run_group_tests_name("zk_layout", tests, NULL, NULL);
}
