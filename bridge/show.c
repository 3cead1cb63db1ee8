/* show.c: what `status` prints */
#include "show.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "terminal.h"

#define PARKED_SHOWN 20

static void
print_number(const char *label, int64_t number)
{
	printf("  %-10s %" PRId64 "\n", label, number);
}

/* Numbers that may not be known. */
static void
print_records(const struct spool_place *p)
{
	if (p->log_count == SPOOL_NONE)
		return;
	printf("  %-10s %" PRId64, "records", p->log_count);
	if (p->log_capacity != SPOOL_NONE && p->log_capacity > 0)
		printf(" of %" PRId64, p->log_capacity);
	printf("\n");
	if (p->clock_offset != SPOOL_NONE)
		printf("  %-10s %+" PRId64 " s\n", "clock", p->clock_offset);
}

static bool
print_counts(struct spool *spool, const char *sn)
{
	struct spool_counts counts;
	int64_t id = spool_terminal(spool, sn);

	if (id == 0 || !spool_count(spool, id, &counts))
		return false;
	print_number("waiting", counts.waiting);
	print_number("parked", counts.parked);
	print_number("set aside", counts.aside);
	return true;
}

static bool
print_terminal(const struct setup_terminal *t, struct spool *spool,
               const char *zone)
{
	struct spool_place place;
	char when[CLOCK_TEXT_SIZE] = "never";

	spool_place_load(spool, t->name, &place);
	if (place.reached_at != SPOOL_NONE)
		clock_format(clock_local(zone, place.reached_at), when);
	printf("%s (%s)\n", t->name,
	       place.sn[0] == '\0' ? t->host : place.sn);
	printf("  %-10s %s\n", "reached", when);
	print_records(&place);
	if (place.sn[0] != '\0' && !print_counts(spool, place.sn))
		return false;
	printf("  %-10s %s\n", "error",
	       place.error[0] == '\0' ? "none" : place.error);
	return true;
}

static void
print_parked(void *arg, const struct spool_item *item, const char *answer)
{
	bool *first = arg;
	char when[CLOCK_TEXT_SIZE];

	if (*first)
		printf("parked, until `gymgate-bridge retry`:\n");
	*first = false;
	clock_format(item->local, when);
	printf("  %s  user %s  %s  %s\n", item->sn, item->user_id, when,
	       answer);
}

bool
show_status(const struct setup *setup, struct spool *spool)
{
	const char *zone = terminal_zone(setup->bridge.zone);
	char trouble[SPOOL_TEXT_MAX + 1];
	bool ok = true, first = true;

	for (size_t i = 0; ok && i < setup->terminal_count; i++)
		ok = print_terminal(setup->terminals[i], spool, zone);
	ok = ok && spool_note_load(spool, "server", trouble);
	if (ok)
		printf("server %s\n  %-10s %s\n", setup->server.url, "error",
		       trouble[0] == '\0' ? "none" : trouble);
	return ok && spool_parked(spool, PARKED_SHOWN, print_parked, &first);
}
