/* zk_session.h: connect, authenticate, commands, deadlines */
#ifndef ZK_SESSION_H
#define ZK_SESSION_H

#include "zk_link.h"
#include "zk_packet.h"
#include "zk_record.h"

struct zk_options {
	const char *host;	/* lives as long as the session */
	int port;
	uint32_t comm_key;	/* 0: none */
	int timeout_ms;		/* of a connection, and of each answer */
	int bulk_timeout_ms;	/* to the first byte of a table */
};

/*
 * A punch event, as it arrived: for zk_event_decode().  It may come in the
 * middle of any call here, so it must not use the session but for zk_hurry().
 */
typedef void zk_event_fn(void *arg, const uint8_t *data, size_t len);

/*
 * One connection to one terminal, for one thread.  Nothing here disables the
 * terminal.  After any result but ZK_OK and ZK_REFUSED the connection is
 * of no more use: zk_disconnect().
 */
struct zk_session;

/* Out of memory or descriptors ends the process. */
struct zk_session *zk_create(const struct zk_options *options,
                             zk_event_fn *on_event, void *arg);
/* Says goodbye where connected, closes and frees; takes NULL. */
void zk_destroy(struct zk_session *zk);

/* Connects, with the comm key when the terminal asks for it. */
enum zk_result zk_connect(struct zk_session *zk);
/* EXIT, without waiting long for its answer, and close. */
void zk_disconnect(struct zk_session *zk);

/* What the last result that was not ZK_OK means, for people. */
const char *zk_error(const struct zk_session *zk);
/* The code of the last ZK_REFUSED. */
uint16_t zk_refusal(const struct zk_session *zk);

/*
 * Sends a command and waits for its answer.  ZK_OK when the terminal said
 * 2000; then `reply`, unless NULL, holds its data until the next call.
 */
enum zk_result zk_command(struct zk_session *zk, uint16_t command,
                          const void *data, size_t len,
                          struct zk_packet *reply);

/* ---- what a terminal says about itself: zk_info.c ----------------------- */

/*
 * An option's value, "" when the terminal does not know it (which is
 * ZK_OK); the firmware's version is asked for in another way.
 */
enum zk_result zk_read_option(struct zk_session *zk, const char *name,
                              char *value, size_t size);
enum zk_result zk_read_firmware(struct zk_session *zk, char *value,
                                size_t size);
/* The serial number, cleaned; "" when the terminal does not tell. */
enum zk_result zk_read_serial(struct zk_session *zk,
                              char serial[ZK_SERIAL_MAX + 1]);
enum zk_result zk_read_sizes(struct zk_session *zk, struct zk_sizes *sizes);
/* The terminal's wall clock; CLOCK_NO_TIME when it does not tell one. */
enum zk_result zk_read_time(struct zk_session *zk, int64_t *local);

/* ---- events and waiting ------------------------------------------------- */

/* Asks for events of the kinds in `mask`, from now until the connection ends. */
enum zk_result zk_register_events(struct zk_session *zk, uint32_t mask);

/* Waits and takes events: ZK_OK when the time is over, or what ended it. */
enum zk_result zk_wait(struct zk_session *zk, int ms);

/* Ends the zk_wait() in hand, or else the next one, early; for a zk_event_fn. */
void zk_hurry(struct zk_session *zk);

/* A pause that needs no connection; false when interrupted. */
bool zk_pause(struct zk_session *zk, int ms);

/* Ends every wait, now and later, with ZK_STOPPED; from any thread. */
void zk_interrupt(struct zk_session *zk);

/* ---- tables: zk_log.c --------------------------------------------------- */

/* One record of the log, sound or not. */
struct zk_record {
	uint32_t index;		/* from the oldest, 0 */
	const uint8_t *raw;
	size_t len;
	enum zk_flaw flaw;
	struct zk_punch punch;	/* where the flaw is ZK_SOUND */
};

/* Called for each in the order of the log; false ends the reading. */
typedef bool zk_record_fn(void *arg, const struct zk_record *record);

struct zk_log {
	uint32_t count;		/* in: by zk_read_sizes, 0 when not known */
	uint32_t from;		/* in: first record wanted, 0 for all */
	enum zk_layout layout;	/* in, for `from` alone; out: as found */
	uint32_t records;	/* out: records in the terminal */
};

/*
 * Reads the log from record `from` on, or from a little before it: from the
 * last multiple of 65,472 bytes, which terminals are known to serve.  Each
 * record is handed on as it arrives, so that a log of any length needs the
 * memory of one packet.  ZK_OK also when `each` ended it; ZK_REFUSED when
 * the terminal serves no such part; ZK_PROTOCOL also for a layout that is
 * not known.
 */
enum zk_result zk_read_log(struct zk_session *zk, struct zk_log *log,
                           zk_record_fn *each, void *arg);

typedef void zk_user_fn(void *arg, const struct zk_user *user);

/* All users; `count` by zk_read_sizes, 0 when not known. */
enum zk_result zk_read_users(struct zk_session *zk, uint32_t count,
                             zk_user_fn *each, void *arg);

#endif
