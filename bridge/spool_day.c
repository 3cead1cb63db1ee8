/* spool_day.c: the punches of each day, to be compared with the server's */
#include "spool_inside.h"

#include <zlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* The entry of a day, made where it belongs; days come mostly in order. */
static struct spool_day *
entry_of(struct spool_days *days, int32_t day)
{
	size_t at = days->count;

	while (at > 0 && days->list[at - 1].day > day)
		at--;
	if (at > 0 && days->list[at - 1].day == day)
		return &days->list[at - 1];
	if (days->count == days->cap) {
		days->cap = days->cap == 0 ? 64 : days->cap * 2;
		days->list = reallocarray(days->list, days->cap,
		                          sizeof *days->list);
		if (days->list == NULL)
			log_die("out of memory");
	}
	memmove(&days->list[at + 1], &days->list[at],
	        (days->count - at) * sizeof *days->list);
	days->count++;
	days->list[at] = (struct spool_day){ .day = day };
	return &days->list[at];
}

static void
count_punch(struct spool_days *days, int64_t local, const char *user_id)
{
	struct spool_day *entry = entry_of(days, clock_day(local));
	char text[SPOOL_USER_MAX + CLOCK_TEXT_SIZE + 2];
	char when[CLOCK_TEXT_SIZE];
	int len;

	clock_format(local, when);
	len = snprintf(text, sizeof text, "%s %s", user_id, when);
	entry->count++;
	entry->checksum ^= (uint32_t)crc32(0, (const Bytef *)text, (uInt)len);
}

static bool
count_all(struct spool *s, enum spool_sql which, int64_t terminal,
          struct spool_days *out)
{
	struct sqlite3_stmt *st = spool_inside_bind(s, which, "i", terminal);
	char user_id[SPOOL_USER_MAX + 1];
	bool ok = true;

	while (spool_inside_row(s, st, &ok)) {
		spool_inside_text(st, 1, user_id, sizeof user_id);
		count_punch(out, spool_inside_int(st, 0), user_id);
	}
	return ok;
}

static bool
mark_waiting(struct spool *s, int64_t terminal, struct spool_days *out)
{
	struct sqlite3_stmt *st = spool_inside_bind(s, SQL_DAYS_WAITING, "i",
	                                            terminal);
	bool ok = true;

	while (spool_inside_row(s, st, &ok))
		entry_of(out, clock_day(spool_inside_int(st, 0)))->is_waiting =
			true;
	return ok;
}

bool
spool_days(struct spool *s, int64_t terminal, struct spool_days *out)
{
	*out = (struct spool_days){ 0 };
	spool_inside_lock(s);
	return spool_inside_unlock(s, count_all(s, SQL_DAYS, terminal, out) &&
		count_all(s, SQL_DAYS_SENT, terminal, out) &&
		mark_waiting(s, terminal, out));
}

void
spool_days_finish(struct spool_days *days)
{
	free(days->list);
	*days = (struct spool_days){ 0 };
}

static int
compare(const void *a, const void *b)
{
	const struct spool_day *one = a, *other = b;

	return (one->day > other->day) - (one->day < other->day);
}

const struct spool_day *
spool_days_find(const struct spool_days *days, int32_t day)
{
	const struct spool_day wanted = { .day = day };

	return days->count == 0 ? NULL : bsearch(&wanted, days->list,
		days->count, sizeof *days->list, compare);
}

static bool
was_sent(struct spool *s, int64_t terminal, int32_t day, const char *sums,
         bool *ok)
{
	struct sqlite3_stmt *st = spool_inside_bind(s, SQL_DAY_SENT_LOAD, "ii",
		terminal, (int64_t)day);
	char before[SPOOL_TEXT_MAX + 1] = "";

	if (spool_inside_row(s, st, ok))
		spool_inside_text(st, 0, before, sizeof before);
	spool_inside_reset(st);
	return strcmp(before, sums) == 0;
}

/* Puts all of a day back into the queue. */
static bool
queue_day(struct spool *s, enum spool_sql which, int64_t terminal,
          int32_t day, size_t *count)
{
	int64_t from = (int64_t)day * CLOCK_DAY_SECONDS;
	bool ok = spool_inside_run(s, spool_inside_bind(s, which, "iii",
		terminal, from, from + CLOCK_DAY_SECONDS));

	*count += ok ? spool_inside_changes(s) : 0;
	return ok;
}

bool
spool_send_day(struct spool *s, int64_t terminal, int32_t day,
               const char *sums, size_t *count)
{
	bool ok, sent;

	*count = 0;
	spool_inside_lock(s);
	ok = spool_inside_begin(s);
	sent = ok && was_sent(s, terminal, day, sums, &ok);
	if (ok && !sent)
		ok = queue_day(s, SQL_QUEUE_DAY, terminal, day, count) &&
			queue_day(s, SQL_QUEUE_DAY_SENT, terminal, day,
			          count) &&
			spool_inside_run(s, spool_inside_bind(s,
				SQL_DAY_SENT_SAVE, "iit", terminal,
				(int64_t)day, sums));
	return spool_inside_unlock(s, spool_inside_end(s, ok));
}

/* Nothing is written where there is no such row, as of nearly every day. */
bool
spool_day_agrees(struct spool *s, int64_t terminal, int32_t day)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_DAY_SENT_DROP, "ii", terminal, (int64_t)day)));
}
