/* order_user.c: orders to a running fake terminal that are of its users */
#include "tests/terminal/order.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define USER_DISABLED 1		/* bit of the privilege */
#define ZONE_MOST 50
#define ZONE_BITS 16

bool
fake_order_user(struct fake_order *o)
{
	const char *user_id = fake_order_word(o);
	const char *name = o->rest != NULL ? o->rest : "";
	struct fake_store *st = &o->terminal->store;

	if (!text_is_word(user_id, WIRE_USER_ID_SIZE - 1, ""))
		return fake_order_fail(o, "a user id is 1 to 24 letters or "
		                       "digits");
	if (strlen(name) > 23)
		return fake_order_fail(o, "a name has at most 23 bytes");
	if (fake_store_user(st, user_id) == NULL &&
	    (int64_t)st->user_count >= o->terminal->settings.user_capacity)
		return fake_order_fail(o, "users full");
	buf_appendf(o->out, " %u", fake_store_put_user(st, user_id, name)->uid);
	return true;
}

/* The user that the next word names, or NULL with the error set. */
static struct wire_user *
named_user(struct fake_order *o)
{
	struct wire_user *u = fake_store_user(&o->terminal->store,
	                                      fake_order_word(o));

	if (u == NULL)
		fake_order_fail(o, "there is no such user");
	return u;
}

bool
fake_order_delete(struct fake_order *o)
{
	struct wire_user *u = named_user(o);

	if (u == NULL)
		return false;
	buf_appendf(o->out, " %u", u->uid);
	fake_store_delete_user(&o->terminal->store, u);
	return true;
}

bool
fake_order_privilege(struct fake_order *o)
{
	struct wire_user *u = named_user(o);
	int64_t privilege;

	if (u == NULL)
		return false;
	if (!text_to_int(fake_order_word(o), 0, 255, &privilege))
		return fake_order_fail(o, "privilege ID N: N is 0 to 255");
	fake_store_set_privilege(&o->terminal->store, u, (uint8_t)privilege);
	buf_appendf(o->out, " %s %u", u->user_id, u->privilege);
	return true;
}

/* A person at its menu lets nobody of this number in, or lets it in again. */
static bool
set_bit(struct fake_order *o, bool disabled)
{
	struct wire_user *u = named_user(o);
	uint8_t level;

	if (u == NULL)
		return false;
	level = u->privilege & ~USER_DISABLED;
	fake_store_set_privilege(&o->terminal->store, u,
	                         level | (disabled ? USER_DISABLED : 0));
	buf_appendf(o->out, " %s %u", u->user_id, u->privilege);
	return true;
}

bool
fake_order_ban(struct fake_order *o)
{
	return set_bit(o, true);
}

bool
fake_order_unban(struct fake_order *o)
{
	return set_bit(o, false);
}

bool
fake_order_group(struct fake_order *o)
{
	struct wire_user *u = named_user(o);
	struct wire_access a;
	int64_t group;

	if (u == NULL)
		return false;
	if (!text_to_int(fake_order_word(o), 0, 255, &group))
		return fake_order_fail(o, "group ID N: N is 0 to 255");
	a = u->access;
	a.group = (uint8_t)group;
	fake_store_set_access(&o->terminal->store, u, &a);
	buf_appendf(o->out, " %s %u", u->user_id, a.group);
	return true;
}

/* Up to three of its own, or none: those of the group. */
static bool
read_zones(struct fake_order *o, struct wire_access *a)
{
	int64_t zone, last = o->terminal->settings.user_form == 0 ? ZONE_BITS
		: ZONE_MOST;
	size_t room = sizeof a->zones / sizeof *a->zones, count = 0;
	const char *word;

	memset(a->zones, 0, sizeof a->zones);
	a->zone_bits = 0;
	for (word = fake_order_word(o); *word != '\0';
	     word = fake_order_word(o)) {
		if (count == room || !text_to_int(word, 1, last, &zone))
			return false;
		a->zones[count++] = (uint16_t)zone;
		if (zone <= ZONE_BITS)
			a->zone_bits |= (uint16_t)(1u << (zone - 1));
	}
	a->own_zones = count > 0;
	return true;
}

bool
fake_order_zones(struct fake_order *o)
{
	struct wire_user *u = named_user(o);
	struct wire_access a;

	if (u == NULL)
		return false;
	a = u->access;
	if (!read_zones(o, &a))
		return fake_order_fail(o, "zones ID [N [N [N]]]: N is 1 to "
		                       "50, or to 16 in 28 bytes");
	fake_store_set_access(&o->terminal->store, u, &a);
	buf_appendf(o->out, " %s", u->user_id);
	return true;
}

bool
fake_order_fingers(struct fake_order *o)
{
	struct wire_user *u = named_user(o);
	int64_t count;

	if (u == NULL)
		return false;
	if (!text_to_int(fake_order_word(o), 0, 10, &count))
		return fake_order_fail(o, "fingers ID N: N is 0 to 10");
	fake_store_set_fingers(&o->terminal->store, u, (uint8_t)count);
	buf_appendf(o->out, " %s %u", u->user_id, u->fingers);
	return true;
}

/* ---- as text -------------------------------------------------------------*/

/* "-": those of the group; else the numbers, or 0 where there are none. */
static void
put_zones(struct buf *out, const struct wire_access *a)
{
	const char *comma = "";

	if (a->own_zones == 0 && a->zone_bits == 0) {
		buf_append_str(out, "-");
		return;
	}
	for (unsigned i = 0; i < 3 && a->own_zones != 0; i++) {
		if (a->zones[i] == 0)
			continue;
		buf_appendf(out, "%s%u", comma, a->zones[i]);
		comma = ",";
	}
	for (unsigned i = 0; i < ZONE_BITS && a->own_zones == 0; i++) {
		if ((a->zone_bits >> i & 1) == 0)
			continue;
		buf_appendf(out, "%s%u", comma, i + 1);
		comma = ",";
	}
	if (*comma == '\0')
		buf_append_str(out, "0");
}

/* The name stands last: it may hold blanks, and any bytes but line ends. */
static void
put_user(const struct fake_terminal *t, const struct wire_user *u,
         struct buf *out)
{
	buf_appendf(out, "uid=%u id=%s privilege=%u disabled=%s group=%u zones=",
	            u->uid, u->user_id, u->privilege,
	            (u->privilege & USER_DISABLED) != 0 ? "yes" : "no",
	            u->access.group);
	put_zones(out, &u->access);
	buf_appendf(out, " fingers=%u writes=%u opens=%s name=", u->fingers,
	            u->writes,
	            fake_terminal_keeps_out(t, u) == NULL ? "yes" : "no");
	for (const char *c = u->name; *c != '\0'; c++)
		buf_append(out, (uint8_t)*c < ' ' ? "?" : c, 1);
}

bool
fake_order_show(struct fake_order *o)
{
	struct wire_user *u = named_user(o);

	if (u == NULL)
		return false;
	buf_append_str(o->out, " ");
	put_user(o->terminal, u, o->out);
	return true;
}

/* A line for each user, as `show` has it. */
bool
fake_order_table(struct fake_order *o)
{
	const struct fake_store *st = &o->terminal->store;
	FILE *f = fopen(o->rest != NULL ? o->rest : "", "we");
	struct buf text = BUF_INIT;
	bool fine;

	if (f == NULL)
		return fake_order_fail(o, strerror(errno));
	for (size_t i = 0; i < st->user_count; i++) {
		put_user(o->terminal, &st->users[i], &text);
		buf_append_str(&text, "\n");
	}
	fine = fwrite(text.data, 1, text.len, f) == text.len;
	buf_finish(&text);
	if (fclose(f) != 0 || !fine)
		return fake_order_fail(o, strerror(errno));
	buf_appendf(o->out, " %zu", st->user_count);
	return true;
}

bool
fake_order_users(struct fake_order *o)
{
	const char *path = o->rest != NULL ? o->rest : "";

	if (!fake_store_dump_users(&o->terminal->store, path))
		return fake_order_fail(o, strerror(errno));
	buf_appendf(o->out, " %zu", o->terminal->store.user_count);
	return true;
}
