/* zk_layout.c: which form the records of a log have */
#include "zk_record.h"

#include "base/clock.h"

/*
 * Nothing in a log says how wide its records are.  Two witnesses are heard:
 * the terminal's own count, and the bytes, read as each form in turn.  A count
 * that fits may outvote bytes that look bad, and bytes that all look good a
 * count that does not fit; where neither is sure, nothing is chosen, for
 * records taken for what they are not would be punches nobody made.
 */
#define RECENT 1104537600	/* the year 2005 */
#define COUNT_EXACT 60
#define COUNT_NEAR 40
#define REMEMBERED 25
#define ODD 60			/* taken off where bytes are left over */
#define LOOKS_GOOD 50		/* of a hundred; without a count that fits */
#define LOOKS_POSSIBLE 20	/* with a count that nearly fits, or remembered */
#define LOOKS_SURE 90		/* for a length that is no multiple */
#define LEAD 15			/* before the next best */
#define MISSED_MAX 16		/* punches while the log was being read */
#define WORK_CODE_MAX 99999999u	/* of eight digits: no time is as small */

struct candidate {
	enum zk_layout layout;
	size_t records;
	bool odd;		/* bytes are left over */
	int looks;		/* marks of a hundred that records could have */
	int order;		/* of a hundred plausible ones, those in order */
	int count;		/* how well the count fits */
};

/* What stands at the end of 16 bytes is a time where they are two of 8. */
static bool
has_work_code(const uint8_t *raw)
{
	struct zk_reader r = { raw + 12, 4, false };

	return zk_get_u32(&r) <= WORK_CODE_MAX;
}

/*
 * Marks from 0 to 2.  A usable record of a day that has come is plausible;
 * but bytes that are no time read as one often enough for a day of the first
 * years, where only terminals without a battery are now.
 */
static int
mark(enum zk_layout layout, const uint8_t *raw, int64_t now, int64_t *local)
{
	struct zk_punch p;

	if (zk_punch_decode(layout, raw, &p) != ZK_SOUND ||
	    p.local >= now + 366 * CLOCK_DAY_SECONDS ||
	    (p.state > 5 && p.state != 255 && layout != ZK_LAYOUT_8B))
		return 0;
	*local = p.local;
	return p.local >= RECENT &&
	       (layout != ZK_LAYOUT_16 || has_work_code(raw)) ? 2 : 1;
}

/* Every record of the sample: steps would fall in with another width. */
static void
look(struct candidate *c, const uint8_t *sample, size_t len)
{
	size_t bytes = zk_layout_bytes(c->layout), records = len / bytes;
	int64_t now = clock_now_ms() / 1000, local = 0, before = INT64_MIN;
	int marks = 0, seen = 0, ordered = 0;

	for (size_t i = 0; i < records; i++) {
		int got = mark(c->layout, sample + i * bytes, now, &local);

		if (got == 0)
			continue;
		marks += got;
		seen++;
		ordered += local >= before;
		before = local;
	}
	c->looks = records == 0 ? 0 : marks * 50 / (int)records;
	c->order = seen == 0 ? 0 : ordered * 100 / seen;
}

/*
 * Form B read as A shows the top byte of its time as the state, and has a
 * zero where A has the lowest byte of its time.  Records that are bad in
 * either form tell nothing.
 */
static enum zk_layout
choose_8(const uint8_t *sample, size_t len, enum zk_layout remembered)
{
	size_t records = len / 8, like_a = 0, like_b = 0;
	int64_t now = clock_now_ms() / 1000, local;

	for (size_t i = 0; i < records; i++) {
		const uint8_t *raw = sample + i * 8;

		if (raw[7] >= 0x10 && raw[7] != 255 && raw[3] == 0)
			like_b++;
		else
			like_a += mark(ZK_LAYOUT_8A, raw, now, &local) > 0;
	}
	if (like_a + like_b == 0)
		return remembered == ZK_LAYOUT_8B ? remembered : ZK_LAYOUT_8A;
	return like_b >= like_a * 9 ? ZK_LAYOUT_8B : ZK_LAYOUT_8A;
}

/*
 * How well `count` fits records of this width: it may have been read a
 * moment before or after a punch.
 */
static int
fit(size_t records, uint32_t count)
{
	size_t apart = records > count ? records - count : count - records;
	size_t most = count / 4 < MISSED_MAX ? count / 4 : MISSED_MAX;

	if (count == 0)
		return 0;
	return apart == 0 ? COUNT_EXACT : apart <= most ? COUNT_NEAR : 0;
}

/* May it be chosen at all, were it the only one? */
static bool
may_be(const struct candidate *c, bool remembered)
{
	if (c->records == 0)
		return false;
	if (c->odd)
		return c->looks >= LOOKS_SURE ||
		       (c->looks >= LOOKS_GOOD &&
		        (c->count == COUNT_EXACT || remembered));
	return c->count == COUNT_EXACT || c->looks >= LOOKS_GOOD ||
	       (c->looks >= LOOKS_POSSIBLE &&
	        (c->count == COUNT_NEAR || remembered));
}

static int
points(const struct candidate *c, bool remembered)
{
	return c->looks + c->count + c->order / 4 - (c->odd ? ODD : 0) +
	       (remembered ? REMEMBERED : 0);
}

enum zk_layout
zk_layout_choose(const uint8_t *sample, size_t len, size_t total,
                 uint32_t count, enum zk_layout remembered)
{
	enum zk_layout form8 = choose_8(sample, len, remembered);
	enum zk_layout best = ZK_LAYOUT_UNKNOWN;
	int most = 0, second = 0;

	for (int i = ZK_LAYOUT_8A; i < ZK_LAYOUT__COUNT; i++) {
		struct candidate c = { .layout = (enum zk_layout)i };
		size_t bytes = zk_layout_bytes(c.layout);
		int sum;

		if (bytes == 8 && c.layout != form8)
			continue;
		c.records = total / bytes;
		c.odd = total % bytes != 0;
		c.count = fit(c.records, count);
		look(&c, sample, len);
		if (!may_be(&c, c.layout == remembered))
			continue;
		sum = points(&c, c.layout == remembered);
		if (sum > most) {
			second = most;
			most = sum;
			best = c.layout;
		} else if (sum > second) {
			second = sum;
		}
	}
	return most - second >= LEAD ? best : ZK_LAYOUT_UNKNOWN;
}
