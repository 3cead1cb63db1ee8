/* wire.h: what a ZKTeco terminal puts on the wire, as bytes */
#ifndef TERMINAL_WIRE_H
#define TERMINAL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The terminal's half of the protocol, written from its description and not
 * from the bridge's client, so that a mistake in one shows against the other.
 * Numbers go out low byte first; times are wall clocks in seconds, `_local`
 * as in base/clock.h.
 */

#define WIRE_PREFIX_SIZE 8	/* of TCP, in front of each packet */
#define WIRE_HEADER_SIZE 8	/* of the packet itself */
#define WIRE_PACKET_MAX 65544	/* the largest that terminals are known for */
#define WIRE_USER_ID_SIZE 25
#define WIRE_USER_MOST 72

/* When a user may enter: as its group, or by time zones of its own. */
struct wire_access {
	uint8_t group;
	/* a record of 72 bytes has numbers, one of 28 a bit for each */
	uint16_t own_zones;	/* 0: as its group, else by these */
	uint16_t zones[3];	/* 0: none */
	uint16_t zone_bits;	/* bit 0 is zone 1; 0: as its group */
};

/* What a client wrote stays as it wrote it, to the byte: `raw`. */
struct wire_user {
	uint16_t uid;		/* the slot inside the terminal */
	char user_id[WIRE_USER_ID_SIZE];
	char name[25];
	char password[9];
	uint8_t privilege;
	struct wire_access access;
	uint32_t card;
	uint8_t raw_size;	/* 28 or 72; 0: no client wrote it */
	uint8_t raw[WIRE_USER_MOST];
	/* of no record: */
	uint8_t fingers;	/* templates, which are not kept */
	uint16_t writes;	/* by clients since the start */
};

/* Ways in which a record of the log cannot be understood. */
enum wire_bad {
	WIRE_BAD_NONE,
	WIRE_BAD_BYTES,		/* 0xff throughout */
	WIRE_BAD_DATE,		/* the 31st of February */
	WIRE_BAD_USER,		/* nobody's: no user id, uid 0 */
	WIRE_BAD__COUNT
};

struct wire_punch {
	uint16_t uid;
	char user_id[WIRE_USER_ID_SIZE];
	uint8_t state;		/* 0 in, 1 out, ... 255 none */
	uint8_t verify;		/* 0 password, 1 finger, 15 face ... */
	uint8_t bad;		/* enum wire_bad */
	int64_t at_local;
};

/* The fields of GET_FREE_SIZES that anybody reads. */
struct wire_sizes {
	uint32_t users, fingers, records, admins;
	uint32_t finger_capacity, user_capacity, record_capacity;
};

/* Layouts of a record of the log; the 8-byte one has two. */
enum wire_record {
	WIRE_RECORD_8,
	WIRE_RECORD_8B,
	WIRE_RECORD_16,
	WIRE_RECORD_40,
	WIRE_RECORD_49,
	WIRE_RECORD__COUNT
};

void wire_put8(struct buf *out, uint8_t value);
void wire_put16(struct buf *out, uint16_t value);
void wire_put32(struct buf *out, uint32_t value);
void wire_put_zeroes(struct buf *out, size_t count);
/* `text` in a field of `size` bytes, cut to it, the rest zeroes. */
void wire_put_text(struct buf *out, const char *text, size_t size);
uint16_t wire_get16(const void *at);
uint32_t wire_get32(const void *at);

/* The checksum of a packet, whatever stands in its own two bytes. */
uint16_t wire_checksum(const void *packet, size_t len);
/* Puts it there. */
void wire_seal(void *packet, size_t len);

/* Appends one packet, checksum included, without the prefix of TCP. */
void wire_put_packet(struct buf *out, uint16_t command, uint16_t session,
                     uint16_t reply, const void *data, size_t len);
/* Appends the prefix of TCP for a packet of `len` bytes. */
void wire_put_prefix(struct buf *out, size_t len);
/* Does a frame begin here?  `len` becomes the length of its packet. */
bool wire_get_prefix(const void *at, size_t *len);

/* Wall clock and packed time; false for a date that does not exist. */
uint32_t wire_pack_time(int64_t local);
bool wire_unpack_time(uint32_t packed, int64_t *local);
/* Years that a packed time can carry: 2000 to 2099. */
bool wire_time_fits(int64_t local);

/* The four bytes a client must send for `key` in answer to `session`. */
void wire_scramble(uint32_t key, uint16_t session, uint8_t ticks,
                   uint8_t out[4]);

size_t wire_record_size(enum wire_record form);
void wire_put_record(struct buf *out, enum wire_record form,
                     const struct wire_punch *punch);

/* The user id as a number, for the layouts that know no letters. */
uint32_t wire_user_number(const char *user_id);
/* wire_user.c: `size` is 28 or 72. */
void wire_put_user(struct buf *out, size_t size,
                   const struct wire_user *user);
/*
 * Takes a record of 28 or 72 bytes apart and keeps it; false for other sizes,
 * for uid 0, and for user ids that are no word.
 */
bool wire_get_user(struct wire_user *user, const void *record, size_t size);
/* Changes them, in `raw` as well. */
void wire_set_name(struct wire_user *user, const char *name);
void wire_set_privilege(struct wire_user *user, uint8_t privilege);
void wire_set_access(struct wire_user *user, const struct wire_access *access);
/* Rubbish behind the NULs of a record's texts, always the same. */
void wire_spoil_user(void *record, size_t size);

void wire_put_sizes(struct buf *out, const struct wire_sizes *sizes);
/* The data of a live punch: 10, 12, 14, 32 or more bytes. */
void wire_put_event(struct buf *out, size_t size,
                    const struct wire_punch *punch);

#endif
