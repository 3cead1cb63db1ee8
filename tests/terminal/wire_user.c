/* wire_user.c: the record of a user, as bytes */
#include "tests/terminal/wire.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Where the texts stand in the two layouts. */
static const struct layout {
	size_t size, password, password_size, name, name_size;
	size_t card, group, zones, user_id, user_id_size;
} layouts[] = {
	{ 28, 3, 5, 8, 8, 16, 21, 22, 24, 0 },	/* the user id is a number */
	{ 72, 3, 8, 11, 24, 35, 39, 40, 48, 24 },
};

#define ZONES (sizeof ((struct wire_access *)0)->zones / sizeof(uint16_t))

static const struct layout *
layout_of(size_t size)
{
	if (size == layouts[0].size)
		return &layouts[0];
	return size == layouts[1].size ? &layouts[1] : NULL;
}

/* ---- out -----------------------------------------------------------------*/

static void
put_access(struct buf *out, size_t size, const struct wire_access *a)
{
	wire_put8(out, a->group);
	if (size == 28) {
		wire_put16(out, a->zone_bits);
		return;
	}
	wire_put16(out, a->own_zones);
	for (size_t i = 0; i < ZONES; i++)
		wire_put16(out, a->zones[i]);
}

static void
put_user28(struct buf *out, const struct wire_user *u)
{
	wire_put16(out, u->uid);
	wire_put8(out, u->privilege);
	wire_put_text(out, u->password, 5);
	wire_put_text(out, u->name, 8);
	wire_put32(out, u->card);
	wire_put8(out, 0);
	put_access(out, 28, &u->access);
	wire_put32(out, wire_user_number(u->user_id));
}

static void
put_user72(struct buf *out, const struct wire_user *u)
{
	wire_put16(out, u->uid);
	wire_put8(out, u->privilege);
	wire_put_text(out, u->password, 8);
	wire_put_text(out, u->name, 24);
	wire_put32(out, u->card);
	put_access(out, 72, &u->access);
	wire_put_text(out, u->user_id, 24);
}

void
wire_put_user(struct buf *out, size_t size, const struct wire_user *user)
{
	if (user->raw_size == size)
		buf_append(out, user->raw, size);
	else if (size == 28)
		put_user28(out, user);
	else
		put_user72(out, user);
}

/* ---- in ------------------------------------------------------------------*/

/* A field of at most `size` bytes, up to its first NUL. */
static void
get_text(char *to, const uint8_t *from, size_t size)
{
	size_t len = strnlen((const char *)from, size);

	memcpy(to, from, len);
	to[len] = '\0';
}

static struct wire_access
get_access(const struct layout *l, const uint8_t *record)
{
	struct wire_access a = { .group = record[l->group] };
	const uint8_t *zones = record + l->zones;

	if (l->size == 28) {
		a.zone_bits = wire_get16(zones);
		return a;
	}
	a.own_zones = wire_get16(zones);
	for (size_t i = 0; i < ZONES; i++)
		a.zones[i] = wire_get16(zones + 2 * (i + 1));
	return a;
}

bool
wire_get_user(struct wire_user *user, const void *record, size_t size)
{
	const struct layout *l = layout_of(size);
	const uint8_t *b = record;

	if (l == NULL)
		return false;
	*user = (struct wire_user){
		.uid = wire_get16(b),
		.privilege = b[2],
		.access = get_access(l, b),
		.card = wire_get32(b + l->card),
		.raw_size = (uint8_t)size,
	};
	memcpy(user->raw, record, size);
	get_text(user->password, b + l->password, l->password_size);
	get_text(user->name, b + l->name, l->name_size);
	if (l->user_id_size > 0)
		get_text(user->user_id, b + l->user_id, l->user_id_size);
	else if (wire_get32(b + l->user_id) != 0)
		snprintf(user->user_id, sizeof user->user_id, "%u",
		         wire_get32(b + l->user_id));
	return user->uid != 0 &&
		text_is_word(user->user_id, WIRE_USER_ID_SIZE - 1, "");
}

void
wire_set_name(struct wire_user *user, const char *name)
{
	const struct layout *l = layout_of(user->raw_size);

	struct buf field = BUF_INIT;

	snprintf(user->name, sizeof user->name - 1, "%s", name);
	if (l == NULL)
		return;
	wire_put_text(&field, user->name, l->name_size);
	memcpy(user->raw + l->name, field.data, l->name_size);
	buf_finish(&field);
}

void
wire_set_privilege(struct wire_user *user, uint8_t privilege)
{
	user->privilege = privilege;
	user->raw[2] = privilege;
}

void
wire_set_access(struct wire_user *user, const struct wire_access *access)
{
	const struct layout *l = layout_of(user->raw_size);
	struct buf field = BUF_INIT;

	user->access = *access;
	if (l == NULL)
		return;
	put_access(&field, l->size, access);
	memcpy(user->raw + l->group, field.data, field.len);
	buf_finish(&field);
}

/* ---- rubbish -------------------------------------------------------------*/

static void
spoil_text(uint8_t *field, size_t size)
{
	for (size_t i = strnlen((char *)field, size) + 1; i < size; i++)
		field[i] = (uint8_t)(0xa1 + i * 7 % 90);
}

void
wire_spoil_user(void *record, size_t size)
{
	const struct layout *l = layout_of(size);
	uint8_t *b = record;

	spoil_text(b + l->password, l->password_size);
	spoil_text(b + l->name, l->name_size);
	/* behind nine bytes of the user id it is clean on all terminals */
	spoil_text(b + l->user_id, l->user_id_size > 0 ? 9 : 0);
}
