/* lever.c: what shuts a terminal's door to one user, and opens it again */
#include "lever.h"

#include "base/text.h"

#define GROUPS 100		/* of a terminal, and its time zones */
#define ZONES 50
#define ZONE_BITS 16
#define FACTORY_GROUP 1		/* of every user, without zones of its own */

/*
 * The part of a record that says when a user may enter, as numbers: its
 * group; own_zones or zone_bits; and, of 72 bytes, the zones.
 */
enum { GROUP, OWN, ZONE, ACCESS_MOST = ZONE + ZK_USER_ZONES };

struct access {
	int64_t n[ACCESS_MOST];
	size_t count;
};

static bool
is_wide(const struct zk_user *user)
{
	return user->raw_len == 72;
}

static struct access
access_of(const struct zk_user *user)
{
	struct access a = { .n = { user->group, user->zone_bits },
		            .count = ZONE };

	if (!is_wide(user))
		return a;
	a.n[OWN] = user->own_zones;
	for (size_t i = 0; i < ZK_USER_ZONES; i++)
		a.n[a.count++] = user->zones[i];
	return a;
}

static void
set_own(struct zk_user *user, int64_t value)
{
	if (is_wide(user))
		user->own_zones = (uint16_t)value;
	else
		user->zone_bits = (uint16_t)value;
}

/* ---- `was`: a letter, the width, and the numbers: "g72,1,0,0,0,0" -------- */

static char
letter_of(const struct lever *lever)
{
	return lever->kind == LEVER_GROUP ? 'g' : 'z';
}

static void
put_was(const struct lever *lever, const struct zk_user *user,
        char was[LEVER_WAS_SIZE])
{
	struct access a = access_of(user);
	int len = snprintf(was, LEVER_WAS_SIZE, "%c%d", letter_of(lever),
	                   is_wide(user) ? 72 : 28);

	for (size_t i = 0; i < a.count; i++)
		len += snprintf(was + len, LEVER_WAS_SIZE - (size_t)len,
		                ",%u", (unsigned)a.n[i]);
}

static bool
read_number(const char **at, int64_t most, int64_t *out)
{
	char word[8];
	size_t len = strcspn(*at, ",");

	if (len >= sizeof word)
		return false;
	memcpy(word, *at, len);
	word[len] = '\0';
	*at += (*at)[len] == ',' ? len + 1 : len;
	return text_to_int(word, 0, most, out);
}

static bool
read_was(const struct lever *lever, const struct zk_user *user,
         const char *was, struct access *out)
{
	int64_t width;

	*out = access_of(user);
	if (*was++ != letter_of(lever) || !read_number(&was, 72, &width) ||
	    (size_t)width != user->raw_len)
		return false;
	for (size_t i = 0; i < out->count; i++) {
		if (!read_number(&was, i == GROUP ? UINT8_MAX : UINT16_MAX,
		                 &out->n[i]))
			return false;
	}
	return *was == '\0';
}

/* ---- the three ----------------------------------------------------------- */

bool
lever_fits(const struct lever *lever, const struct zk_user *user)
{
	int most = is_wide(user) ? ZONES : ZONE_BITS;

	if (lever->kind == LEVER_DISABLE)
		return true;
	if (lever->kind == LEVER_GROUP)
		most = GROUPS;
	return lever->value >= 1 && lever->value <= most;
}

/* That zone among its own, and no other: one that is open would let it in. */
static bool
has_closed_zone_alone(const struct lever *lever, const struct zk_user *user)
{
	bool found = false;

	if (!is_wide(user))
		return user->zone_bits == 1u << (lever->value - 1);
	for (size_t i = 0; i < ZK_USER_ZONES; i++) {
		if (user->zones[i] == lever->value)
			found = true;
		else if (user->zones[i] != 0)
			return false;
	}
	return found && user->own_zones != 0;
}

/* The group counts only for those who have no time zones of their own. */
bool
lever_is_closed(const struct lever *lever, const struct zk_user *user)
{
	if (!lever_fits(lever, user))
		return false;
	switch (lever->kind) {
	case LEVER_GROUP:
		return user->group == lever->value &&
			access_of(user).n[OWN] == 0;
	case LEVER_ZONE:
		return has_closed_zone_alone(lever, user);
	default:
		return user->disabled;
	}
}

static void
close_zone(const struct lever *lever, struct zk_user *user)
{
	if (!is_wide(user)) {
		user->zone_bits = (uint16_t)(1u << (lever->value - 1));
		return;
	}
	user->own_zones = 1;
	memset(user->zones, 0, sizeof user->zones);
	user->zones[0] = (uint16_t)lever->value;
}

void
lever_close(const struct lever *lever, struct zk_user *user,
            char was[LEVER_WAS_SIZE])
{
	was[0] = '\0';
	if (!lever_fits(lever, user))
		return;
	if (lever->kind == LEVER_DISABLE) {
		user->disabled = true;
		return;
	}
	put_was(lever, user, was);
	if (lever->kind == LEVER_ZONE) {
		close_zone(lever, user);
	} else {
		user->group = (uint8_t)lever->value;
		set_own(user, 0);
	}
}

static void
put_back(const struct lever *lever, struct zk_user *user,
         const struct access *was)
{
	set_own(user, was->n[OWN]);
	if (lever->kind == LEVER_GROUP)
		user->group = (uint8_t)was->n[GROUP];
	else
		for (size_t i = ZONE; i < was->count; i++)
			user->zones[i - ZONE] = (uint16_t)was->n[i];
}

/*
 * What it was is not known: as it is where nobody has chosen anything.  Not
 * where that is what keeps it out.
 */
static bool
guess_was(const struct lever *lever, const struct zk_user *user,
          struct access *out)
{
	*out = (struct access){ .n = { [GROUP] = FACTORY_GROUP },
		                .count = access_of(user).count };
	return lever->kind != LEVER_GROUP || lever->value != FACTORY_GROUP;
}

bool
lever_open(const struct lever *lever, struct zk_user *user, const char *was)
{
	struct access access;

	if (lever->kind == LEVER_DISABLE) {
		if (*was == '\0')
			user->disabled = false;
		return *was == '\0';
	}
	if (!lever_fits(lever, user) ||
	    !(*was == '\0' ? guess_was(lever, user, &access)
	      : read_was(lever, user, was, &access)))
		return false;
	if (lever_is_closed(lever, user))
		put_back(lever, user, &access);
	return true;
}
