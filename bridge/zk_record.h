/* zk_record.h: punches, events and users as terminals store them */
#ifndef ZK_RECORD_H
#define ZK_RECORD_H

#include "zk_packet.h"

#define ZK_USER_ID_MAX 24
#define ZK_NAME_MAX 24
#define ZK_RAW_MAX 64		/* no record of a log is longer */
#define ZK_USER_RAW_MAX 72
#define ZK_USER_ZONES 3

/*
 * One width a terminal, but nothing says which.  Of the 8-byte form there
 * are two; both carry only the internal number of a user (uid), the others
 * the user id that a person types.
 */
enum zk_layout {
	ZK_LAYOUT_UNKNOWN,
	ZK_LAYOUT_8A,		/* uid, verify, time, state */
	ZK_LAYOUT_8B,		/* uid, flags, 0, time */
	ZK_LAYOUT_16,
	ZK_LAYOUT_40,
	ZK_LAYOUT_49,
	ZK_LAYOUT__COUNT
};

/* Why a record cannot be used. */
enum zk_flaw {
	ZK_SOUND,
	ZK_BAD_DATE,		/* a day that does not exist */
	ZK_BAD_USER,		/* empty, 0, or not printable */
	ZK_BAD_LENGTH,
	ZK_FLAW__COUNT
};

struct zk_punch {
	char user_id[ZK_USER_ID_MAX + 1];	/* "" when only the uid is known */
	bool uid_only;
	uint16_t uid;		/* meaningful with uid_only alone */
	int64_t local;		/* the terminal's wall clock */
	uint8_t verify, state;	/* as the terminal has them */
};

struct zk_user {
	uint16_t uid;
	char user_id[ZK_USER_ID_MAX + 1];
	char name[ZK_NAME_MAX + 1];	/* bytes in the terminal's code page */
	uint8_t privilege;	/* as read: bit 0 is `disabled` once more */
	bool disabled;		/* may not verify */
	uint32_t card;		/* 0: none */
	uint8_t group;		/* 1 unless somebody changed it; or 0 */
	/* own time zones, of a record of 72 bytes ... */
	uint16_t own_zones;	/* 0: those of the group; else `zones` */
	uint16_t zones[ZK_USER_ZONES];	/* numbers; 0: none */
	/* ... and of one of 28 */
	uint16_t zone_bits;	/* bit 0 is zone 1; 0: those of the group */
	uint8_t raw[ZK_USER_RAW_MAX];	/* as read: the password is in it, */
	size_t raw_len;			/* so it must never be logged */
};

/* Bytes of one record; 0 for ZK_LAYOUT_UNKNOWN. */
size_t zk_layout_bytes(enum zk_layout layout);
const char *zk_flaw_words(enum zk_flaw flaw);

/*
 * Works out the layout of a log of `total` bytes in which the terminal
 * counts `count` records (0: does not say; it may be off by what was
 * punched meanwhile) from its first `len` bytes (section 11.5).  A
 * `remembered` layout, or ZK_LAYOUT_UNKNOWN, is preferred where it still
 * fits.  Bytes at the end that are no whole record are put up with when the
 * others leave no doubt.  ZK_LAYOUT_UNKNOWN when nothing fits, or several do
 * and nothing decides: then nobody should guess.
 */
enum zk_layout zk_layout_choose(const uint8_t *sample, size_t len,
                                size_t total, uint32_t count,
                                enum zk_layout remembered);

/* One record of `layout`; `raw` has zk_layout_bytes(layout) bytes. */
enum zk_flaw zk_punch_decode(enum zk_layout layout, const uint8_t *raw,
                             struct zk_punch *out);

/* The data of a punch event, in any of its known lengths. */
enum zk_flaw zk_event_decode(const uint8_t *data, size_t len,
                             struct zk_punch *out);

/* Of level 0: neither administrator nor anything else (section 10.4). */
bool zk_user_is_plain(const struct zk_user *user);

/* 28 or 72 bytes, from the size of the table; 0 when nothing fits. */
size_t zk_user_bytes(const uint8_t *table, size_t total, uint32_t count);

/* One user of `width` bytes (28 or 72); false for an unusable record. */
bool zk_user_decode(size_t width, const uint8_t *raw, struct zk_user *out);

/*
 * The record that makes a terminal know `user` as it is now (sections 10.2
 * to 10.4): the raw one with privilege, disabled, name, card, group and those
 * time zones that its width has put in where they differ from what was read.
 * All else comes back as it was, the password and the junk behind a NUL
 * included, so that a user nobody changed is equal byte for byte.  `disabled`
 * rules over bit 0 of `privilege`; a name too long for the record is cut
 * between characters.  Sets `len` to 28 or 72.
 * False when there is no raw record, or when uid or user id are not those of
 * it: that would be another user's.
 */
bool zk_user_encode(const struct zk_user *user, uint8_t out[ZK_USER_RAW_MAX],
                    size_t *len);

#endif
