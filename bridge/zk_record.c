/* zk_record.c: punches, events and users as terminals store them */
#include "zk_record.h"

#include <ctype.h>

#include "base/clock.h"
#include "base/text.h"

#define STATE_VALID 0x80	/* a mark some firmware adds to the state */
#define DISABLED 1		/* the bit of a user's privilege */

static const size_t layout_bytes[ZK_LAYOUT__COUNT] = {
	[ZK_LAYOUT_8A] = 8,
	[ZK_LAYOUT_8B] = 8,
	[ZK_LAYOUT_16] = 16,
	[ZK_LAYOUT_40] = 40,
	[ZK_LAYOUT_49] = 49,
};

size_t
zk_layout_bytes(enum zk_layout layout)
{
	return layout_bytes[layout];
}

const char *
zk_flaw_words(enum zk_flaw flaw)
{
	static const char *const words[ZK_FLAW__COUNT] = {
		[ZK_SOUND] = "sound",
		[ZK_BAD_DATE] = "a date that does not exist",
		[ZK_BAD_USER] = "no usable user id",
		[ZK_BAD_LENGTH] = "a length that is not known",
	};

	return words[flaw];
}

/* ---- fields ------------------------------------------------------------- */

static void
set_number(struct zk_punch *p, uint32_t number)
{
	snprintf(p->user_id, sizeof p->user_id, "%u", (unsigned)number);
}

static void
set_uid(struct zk_punch *p, uint16_t uid)
{
	p->uid = uid;
	p->uid_only = true;
}

static bool
is_user_id(const char *id)
{
	for (const char *c = id; *c != '\0'; c++) {
		if (!isgraph((unsigned char)*c))
			return false;
	}
	return id[0] != '\0' && strcmp(id, "0") != 0;
}

static bool
is_usable(const struct zk_punch *p)
{
	return p->uid_only ? p->uid != 0 : is_user_id(p->user_id);
}

static enum zk_flaw
judge(const struct zk_punch *p, bool has_date, bool too_short)
{
	if (too_short)
		return ZK_BAD_LENGTH;
	if (!is_usable(p))
		return ZK_BAD_USER;
	return has_date ? ZK_SOUND : ZK_BAD_DATE;
}

/* ---- records of the log ------------------------------------------------- */

/* flags: bits 7-5 state, 4-3 verify */
static void
read_8b(struct zk_reader *r, struct zk_punch *p)
{
	uint8_t flags = zk_get_u8(r);

	zk_skip(r, 1);
	p->state = flags >> 5;
	p->verify = flags >> 3 & 3;
}

enum zk_flaw
zk_punch_decode(enum zk_layout layout, const uint8_t *raw,
                struct zk_punch *out)
{
	struct zk_reader r = { raw, layout_bytes[layout], false };
	uint32_t packed = 0;

	*out = (struct zk_punch){ 0 };
	switch (layout) {
	case ZK_LAYOUT_8A:
		set_uid(out, zk_get_u16(&r));
		out->verify = zk_get_u8(&r);
		packed = zk_get_u32(&r);
		out->state = zk_get_u8(&r);
		break;
	case ZK_LAYOUT_8B:
		set_uid(out, zk_get_u16(&r));
		read_8b(&r, out);
		packed = zk_get_u32(&r);
		break;
	case ZK_LAYOUT_16:
		set_number(out, zk_get_u32(&r));
		packed = zk_get_u32(&r);
		out->state = zk_get_u8(&r);
		out->verify = zk_get_u8(&r);
		break;
	default:	/* 49 bytes are 40 and something not known */
		zk_skip(&r, 2);		/* uid or running number: no key */
		zk_get_text(&r, 24, out->user_id, sizeof out->user_id);
		out->verify = zk_get_u8(&r);
		packed = zk_get_u32(&r);
		out->state = zk_get_u8(&r);
		break;
	}
	return judge(out, zk_time_decode(packed, &out->local), r.bad);
}

/* ---- events ------------------------------------------------------------- */

/*
 * Older boards number the user (10 and 14 bytes: uid; 12: user id); from 32
 * bytes on the user id is text, and what follows the time does not matter.
 */
enum zk_flaw
zk_event_decode(const uint8_t *data, size_t len, struct zk_punch *out)
{
	struct zk_reader r = { data, len, false };
	bool has_date;

	*out = (struct zk_punch){ 0 };
	if (len >= 32)
		zk_get_text(&r, 24, out->user_id, sizeof out->user_id);
	else if (len == 12)
		set_number(out, zk_get_u32(&r));
	else if (len == 10 || len == 14)
		set_uid(out, zk_get_u16(&r));
	else
		return ZK_BAD_LENGTH;
	out->verify = zk_get_u8(&r);
	out->state = zk_get_u8(&r);
	if ((out->state & 0xf0) == STATE_VALID)
		out->state &= 0x0f;
	has_date = zk_time6_decode(r.at, &out->local);
	zk_skip(&r, 6);
	return judge(out, has_date, r.bad);
}

/* ---- users -------------------------------------------------------------- */

/* Of 72 bytes the last 15 are zero: user ids are short. */
static bool
looks_like_72(const uint8_t *table, size_t total)
{
	for (size_t at = 0; at + 72 <= total; at += 72) {
		for (size_t i = 72 - 8; i < 72; i++) {
			if (table[at + i] != 0)
				return false;
		}
	}
	return true;
}

#define LEVEL_BITS 0x0e		/* of the privilege */

bool
zk_user_is_plain(const struct zk_user *user)
{
	return (user->privilege & LEVEL_BITS) == 0;
}

size_t
zk_user_bytes(const uint8_t *table, size_t total, uint32_t count)
{
	if (count > 0 && (total == count * 28ul || total == count * 72ul))
		return total / count;
	if (total % 72 == 0 && (total % 28 != 0 || looks_like_72(table, total)))
		return 72;
	return total % 28 == 0 ? 28 : 0;
}

/* Where the fields lie in a record of either width. */
struct user_form {
	size_t name, name_bytes, name_most, card, card_bytes, group, zones;
};

static const struct user_form *
form_of(size_t width)
{
	static const struct user_form narrow = { 8, 8, 8, 16, 5, 21,
		22 };
	static const struct user_form wide = { 11, 24, 23, 35, 4, 39, 40 };

	return width == 72 ? &wide : &narrow;
}

bool
zk_user_decode(size_t width, const uint8_t *raw, struct zk_user *out)
{
	const struct user_form *form = form_of(width);
	struct zk_reader r = { raw, width, false };

	*out = (struct zk_user){ 0 };
	if (width > sizeof out->raw)
		return false;
	memcpy(out->raw, raw, width);
	out->raw_len = width;
	out->uid = zk_get_u16(&r);
	out->privilege = zk_get_u8(&r);
	out->disabled = out->privilege & DISABLED;
	zk_skip(&r, form->name - 3);	/* the password is not ours */
	zk_get_text(&r, form->name_bytes, out->name, sizeof out->name);
	out->card = zk_get_u32(&r);
	zk_skip(&r, form->card_bytes - 4);
	out->group = zk_get_u8(&r);
	if (width == 72) {
		out->own_zones = zk_get_u16(&r);
		for (size_t i = 0; i < ZK_USER_ZONES; i++)
			out->zones[i] = zk_get_u16(&r);
		zk_get_text(&r, 24, out->user_id, sizeof out->user_id);
	} else {
		out->zone_bits = zk_get_u16(&r);
		snprintf(out->user_id, sizeof out->user_id, "%u",
		         (unsigned)zk_get_u32(&r));
	}
	return !r.bad && is_user_id(out->user_id);
}

/* The bytes of a name that fit, no character of UTF-8 cut in two. */
static size_t
cut_name(const char *name, size_t most)
{
	size_t len = strlen(name);

	if (len <= most)
		return len;
	for (len = most; len > 0 && (name[len] & 0xc0) == 0x80; len--)
		;
	return len;
}

/* A number in so many bytes, low one first, unless it is what it was. */
static void
put_changed(uint8_t *at, size_t bytes, uint32_t now, uint32_t was)
{
	if (now == was)
		return;
	for (size_t i = 0; i < bytes; i++)
		at[i] = i < 4 ? (uint8_t)(now >> 8 * i) : 0;
}

static void
put_zones(uint8_t *at, const struct zk_user *user, const struct zk_user *was)
{
	if (user->raw_len == 28) {
		put_changed(at, 2, user->zone_bits, was->zone_bits);
		return;
	}
	put_changed(at, 2, user->own_zones, was->own_zones);
	for (size_t i = 0; i < ZK_USER_ZONES; i++)
		put_changed(at + 2 + 2 * i, 2, user->zones[i], was->zones[i]);
}

bool
zk_user_encode(const struct zk_user *user, uint8_t out[ZK_USER_RAW_MAX],
               size_t *len)
{
	const struct user_form *form = form_of(user->raw_len);
	struct zk_user was;

	if ((user->raw_len != 28 && user->raw_len != 72) ||
	    !zk_user_decode(user->raw_len, user->raw, &was) ||
	    user->uid != was.uid || strcmp(user->user_id, was.user_id) != 0)
		return false;
	*len = user->raw_len;
	memcpy(out, user->raw, *len);
	out[2] = (uint8_t)((user->privilege & ~DISABLED) |
	                   (user->disabled ? DISABLED : 0));
	if (strcmp(user->name, was.name) != 0) {
		memset(out + form->name, 0, form->name_bytes);
		memcpy(out + form->name, user->name,
		       cut_name(user->name, form->name_most));
	}
	put_changed(out + form->card, form->card_bytes, user->card, was.card);
	put_changed(out + form->group, 1, user->group, was.group);
	put_zones(out + form->zones, user, &was);
	return true;
}
