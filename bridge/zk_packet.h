/* zk_packet.h: bytes of a terminal's packets <-> structs; no socket */
#ifndef ZK_PACKET_H
#define ZK_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * What ZKTeco's standalone terminals speak on port 4370.  All numbers are
 * little-endian.  A packet is command, checksum, session, reply id (16 bits
 * each) and data; over TCP 8 bytes stand before it: 50 50 82 7D and its
 * length.  Everything here may be fed hostile bytes.
 */
#define ZK_HEADER_BYTES 8
#define ZK_PREFIX_BYTES 8
#define ZK_PACKET_MAX (1024 * 1024)	/* the largest genuine one is 65,544 */
#define ZK_SERIAL_MAX 32

/* Commands, and the codes that terminals answer with. */
enum zk_code {
	ZK_DB_READ = 7,
	ZK_USER_WRITE = 8,
	ZK_USERS_READ = 9,
	ZK_OPTION_READ = 11,
	ZK_OPTION_WRITE = 12,
	ZK_LOG_READ = 13,
	ZK_LOG_CLEAR = 15,
	ZK_UNLOCK = 31,
	ZK_FREE_SIZES = 50,
	ZK_TIME_READ = 201,
	ZK_TIME_WRITE = 202,
	ZK_EVENT = 500,		/* registers for events; also each event */
	ZK_CONNECT = 1000,
	ZK_EXIT = 1001,
	ZK_ENABLE = 1002,
	ZK_DISABLE = 1003,
	ZK_RESTART = 1004,
	ZK_REFRESH = 1013,
	ZK_VERSION = 1100,
	ZK_AUTH = 1102,
	ZK_PREPARE_DATA = 1500,
	ZK_DATA = 1501,
	ZK_FREE_DATA = 1502,
	ZK_BUFFER_PREPARE = 1503,
	ZK_BUFFER_READ = 1504,
	ZK_ACK_OK = 2000,
	ZK_ACK_ERROR = 2001,
	ZK_ACK_UNAUTH = 2005,
	ZK_ACK_INIT = 65532,
	ZK_ACK_UNKNOWN = 65535,
};

/* Bits of the event mask, and the session field of event packets. */
#define ZK_EVENT_PUNCH 1u

/* What an answer's code means, in words for people; never NULL. */
const char *zk_code_words(uint16_t code);

/* ---- reading and writing fields ----------------------------------------- */

/*
 * Reads fields one by one.  Reading past the end gives zeroes and sets
 * `bad`, to be asked once at the end.
 */
struct zk_reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

uint8_t zk_get_u8(struct zk_reader *r);
uint16_t zk_get_u16(struct zk_reader *r);
uint32_t zk_get_u32(struct zk_reader *r);
void zk_skip(struct zk_reader *r, size_t len);
/*
 * Text of `len` bytes up to its first NUL, cut to what `out` holds, with a
 * NUL; the bytes are left as they are.
 */
void zk_get_text(struct zk_reader *r, size_t len, char *out, size_t size);

void zk_put_u8(struct buf *to, uint8_t value);
void zk_put_u16(struct buf *to, uint16_t value);
void zk_put_u32(struct buf *to, uint32_t value);

/* ---- packets ------------------------------------------------------------ */

struct zk_packet {
	uint16_t command;	/* enum zk_code, or what the terminal made up */
	uint16_t session;	/* terminals reuse it: proves nothing */
	uint16_t reply;
	const uint8_t *data;	/* within the bytes that were parsed */
	size_t len;
	bool sound;		/* the checksum holds */
};

/* The checksum of a whole packet, its checksum field counted as zero. */
uint16_t zk_checksum(const uint8_t *packet, size_t len);

/* Takes a packet without prefix apart; false when it is too short. */
bool zk_packet_parse(const uint8_t *bytes, size_t len, struct zk_packet *out);

/* Appends a packet, with the prefix of TCP when `framed`. */
void zk_packet_format(struct buf *to, bool framed, uint16_t command,
                      uint16_t session, uint16_t reply, const void *data,
                      size_t len);

enum zk_frame {
	ZK_FRAME_READY,		/* a packet, and how many bytes it took */
	ZK_FRAME_MORE,		/* not all there yet */
	ZK_FRAME_BAD,		/* out of step for good: close the line */
};

/* The first packet, with its prefix, of the bytes received so far. */
enum zk_frame zk_frame_parse(const uint8_t *bytes, size_t len,
                             struct zk_packet *out, size_t *used);

/*
 * The four bytes that AUTH carries for a comm key; `ticks` may be any, and
 * travels with them.
 */
void zk_comm_key(uint32_t key, uint16_t session, uint8_t ticks,
                 uint8_t out[4]);

/* ---- what small answers hold -------------------------------------------- */

/*
 * Wall-clock times, as `local` of base/clock.h.  False, and `local` unset,
 * for dates that do not exist and, as no terminal knows them, from 2100 on.
 */
bool zk_time_decode(uint32_t packed, int64_t *local);
uint32_t zk_time_encode(int64_t local);
/* Six bytes of an event: year - 2000, month, day, hour, minute, second. */
bool zk_time6_decode(const uint8_t bytes[6], int64_t *local);

/*
 * GET_FREE_SIZES (section 7.1 of the protocol's notes).  Answers of 4 zero
 * bytes and counts of 0 with a full log exist: no zero here is a proof of
 * anything.  What a terminal does not tell is 0.
 */
struct zk_sizes {
	uint32_t users, templates, records;
	uint32_t admins, passwords;	/* of the users, those with one */
	uint32_t user_capacity, template_capacity, record_capacity;
	uint32_t users_free, records_free;
	uint32_t faces, face_capacity;	/* told in 92 bytes and more */
	bool known;		/* long enough to hold the counts */
};

void zk_sizes_decode(const uint8_t *data, size_t len, struct zk_sizes *out);

/* The value of an answered `name=value`, cut to what `out` holds. */
void zk_option_decode(const uint8_t *data, size_t len, char *out, size_t size);

/*
 * A serial number as we keep it: without stray `=` and blanks, ended by
 * the first byte that is no letter, digit, `-`, `_` or `.`.
 */
void zk_serial_clean(char *serial);

#endif
