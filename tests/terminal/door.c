/* door.c: whom the fake terminal keeps out, and why */
#include "tests/terminal/terminal.h"

#define USER_DISABLED 1		/* bit of the privilege */
#define ZONES (sizeof ((struct wire_access *)0)->zones / sizeof(uint16_t))

static bool
has_zones(const struct wire_access *a)
{
	return a->own_zones != 0 || a->zone_bits != 0;
}

/* Of several zones each opens the door in its hours; no zone is no lock. */
static bool
numbers_are_closed(const struct wire_access *a, int64_t zone)
{
	bool found = false;

	for (size_t i = 0; i < ZONES; i++) {
		if (a->zones[i] != 0 && a->zones[i] != zone)
			return false;
		found |= a->zones[i] != 0;
	}
	return found;
}

static bool
zones_are_closed(const struct wire_access *a, int64_t zone)
{
	if (a->own_zones != 0)
		return numbers_are_closed(a, zone);
	return a->zone_bits == (uint64_t)1 << (zone - 1);
}

const char *
fake_terminal_keeps_out(const struct fake_terminal *t,
                        const struct wire_user *user)
{
	const struct fake_settings *s = &t->settings;
	const struct wire_access *a = &user->access;

	if (s->honours == FAKE_HONOURS_NOTHING)
		return NULL;
	if (s->honours == FAKE_HONOURS_ALL &&
	    (user->privilege & USER_DISABLED) != 0)
		return "user disabled";
	if (has_zones(a))
		return s->closed_zone != 0 &&
			zones_are_closed(a, s->closed_zone) ?
			"time zone closed" : NULL;
	return s->closed_group != 0 && a->group == s->closed_group ?
		"group closed" : NULL;
}
