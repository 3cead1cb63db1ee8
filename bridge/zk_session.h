/* zk_session.h: connect, authenticate, commands, deadlines */
#ifndef ZK_SESSION_H
#define ZK_SESSION_H

#include "zk_link.h"
#include "zk_packet.h"
#include "zk_record.h"

/* "Section" here means one of the notes on the protocol of port 4370. */

struct zk_options {
	const char *host;	/* lives as long as the session */
	int port;
	uint32_t comm_key;	/* 0: none */
	int timeout_ms;		/* of a connection, and of each answer */
	int bulk_timeout_ms;	/* to the first byte of a table */
	enum zk_transport transport;	/* ZK_TCP unless told otherwise */
};

/*
 * A punch event, as it arrived: for zk_event_decode().  It may come in the
 * middle of any call here, so it must not use the session but for zk_hurry().
 * Over UDP the same event may come twice.
 */
typedef void zk_event_fn(void *arg, const uint8_t *data, size_t len);

/*
 * One connection to one terminal, for one thread.  Nothing here disables the
 * terminal but zk_disable().  After any result but ZK_OK and ZK_REFUSED the
 * connection is of no more use: zk_disconnect().
 *
 * Over UDP (section 1) requests that change nothing are sent again, after a
 * quarter of `timeout_ms` (300 ms at least) and then at growing intervals,
 * until an answer or the timeout comes; those that change something are sent
 * once.  Damaged datagrams count as lost.  A terminal that asks for the comm
 * key in the middle of a connection (2005) is given it; then what changes
 * nothing is asked again, and all else is ZK_REFUSED.
 */
struct zk_session;

/* Out of memory or descriptors ends the process. */
struct zk_session *zk_create(const struct zk_options *options,
                             zk_event_fn *on_event, void *arg);
/* Says goodbye where connected, closes and frees; takes NULL. */
void zk_destroy(struct zk_session *zk);

/* How the next zk_connect() goes; for terminals of which nobody knows. */
void zk_set_transport(struct zk_session *zk, enum zk_transport transport);

/* Connects, with the comm key when the terminal asks for it. */
enum zk_result zk_connect(struct zk_session *zk);
/*
 * EXIT, without waiting long for its answer, and close.  A terminal that
 * zk_disable() may have left disabled is enabled before that, also on a line
 * that failed and after zk_interrupt(): it takes 1.5 s at most.  Should that
 * fail too, the next zk_connect() of this session does it.
 */
void zk_disconnect(struct zk_session *zk);

/* What the last result that was not ZK_OK means, for people. */
const char *zk_error(const struct zk_session *zk);
/* The code of the last ZK_REFUSED; 0 when the terminal was not asked. */
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
 * An option's value (section 6), cut to what `value` holds; "" when the
 * terminal does not know it, which is ZK_OK.
 */
enum zk_result zk_read_option(struct zk_session *zk, const char *name,
                              char *value, size_t size);
/* The firmware's version is asked for in another way; else as above. */
enum zk_result zk_read_firmware(struct zk_session *zk, char *value,
                                size_t size);
/* The serial number, cleaned; "" when the terminal does not tell. */
enum zk_result zk_read_serial(struct zk_session *zk,
                              char serial[ZK_SERIAL_MAX + 1]);
/*
 * How much it holds (section 7.1); not `known` is ZK_OK too.  ZK_CLOSED also
 * from a terminal that lost its power and knows no connection of ours: over
 * UDP that is all there is to see of it.
 */
enum zk_result zk_read_sizes(struct zk_session *zk, struct zk_sizes *sizes);
/* The terminal's wall clock; CLOCK_NO_TIME when it does not tell one. */
enum zk_result zk_read_time(struct zk_session *zk, int64_t *local);

/* ---- events and waiting ------------------------------------------------- */

/* Asks for events of the kinds in `mask`, until the connection ends. */
enum zk_result zk_register_events(struct zk_session *zk, uint32_t mask);

/*
 * Waits and takes events: ZK_OK when the time is over, or what ended it.  No
 * number of events makes it last longer.  A terminal that lost its power is
 * not noticed here: ask it something every now and then (section 14.5).
 */
enum zk_result zk_wait(struct zk_session *zk, int ms);

/* Ends the zk_wait() in hand, or else the next one, early; for a zk_event_fn. */
void zk_hurry(struct zk_session *zk);

/* The same from any thread: the next zk_wait() is ended if none is in hand. */
void zk_nudge(struct zk_session *zk);

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

#define ZK_SAMPLE_BYTES 64

struct zk_log {
	uint32_t count;		/* in: by zk_read_sizes, 0 when not known */
	uint32_t from;		/* in: first record wanted, 0 for all */
	enum zk_layout layout;	/* in: as remembered; out: as found */
	uint32_t records;	/* out: records in the terminal */
	size_t bytes;		/* out: of all records */
	size_t odd_bytes;	/* out: of these, no whole record at the end */
	bool unknown_form;	/* out: of no layout we know */
	uint8_t sample[ZK_SAMPLE_BYTES];	/* out, then: its first bytes */
	size_t sample_len;
};

/*
 * Reads the log from record `from` on, or from a little before it: from the
 * last multiple of 65,472 bytes (16,384 over UDP), which terminals are known
 * to serve (section 13).  Each record is handed on as it arrives, so that a
 * log of any length needs the memory of one packet, or of one piece over UDP.
 *
 * With `from`, `layout` must be that of the log.  Without, it is worked out
 * of count and bytes (section 11.5), and a remembered `layout`, or
 * ZK_LAYOUT_UNKNOWN, decides only between what fits.  Where nothing fits,
 * nothing is guessed: `each` is not called, `records` is 0, `unknown_form`
 * is set and `sample` filled, and the result is ZK_OK.
 *
 * ZK_OK also when `each` ended it; ZK_REFUSED when the terminal serves no
 * such part, and the connection is usable; ZK_TIMEOUT also for a table that
 * takes more than ten minutes, or over UDP too many datagrams.
 */
enum zk_result zk_read_log(struct zk_session *zk, struct zk_log *log,
                           zk_record_fn *each, void *arg);

typedef void zk_user_fn(void *arg, const struct zk_user *user);

/*
 * All users (section 10); `count` by zk_read_sizes, 0 when not known.  Those
 * without a usable user id are left out.  `each` owns nothing it is given.
 * ZK_REFUSED, with zk_refusal() 0, also for records of a form that is not known
 * and for none where some are counted: the connection goes on.
 */
enum zk_result zk_read_users(struct zk_session *zk, uint32_t count,
                             zk_user_fn *each, void *arg);

/* ---- what changes a terminal: zk_write.c -------------------------------- */

/*
 * None of these is repeated by itself: after ZK_TIMEOUT or ZK_CLOSED it may
 * have happened or not.  ZK_REFUSED: the terminal said no, and zk_error()
 * tells why; with a zk_refusal() of 0 it was not even asked.
 */

/*
 * Sets the clock to the wall clock `local` of base/clock.h, of the years 2000
 * to 2099 (section 8.3), and refreshes where the terminal knows that.
 */
enum zk_result zk_write_time(struct zk_session *zk, int64_t local);

/*
 * Takes keypad and sensor from the people for at most `seconds`, 1 or more,
 * after which the terminal enables itself (sections 9, 16.2).  Whatever
 * comes of it, this session enables it again when it ends: zk_disconnect().
 */
enum zk_result zk_disable(struct zk_session *zk, uint32_t seconds);
enum zk_result zk_enable(struct zk_session *zk);

/* Opens the door for `tenths` of a second (section 9). */
enum zk_result zk_unlock(struct zk_session *zk, uint32_t tenths);

/*
 * Restarts the terminal (section 9).  ZK_OK also when no answer comes or the
 * line closes, as it does with many: the connection is over in each case.
 * Wait half a minute before the next one.
 */
enum zk_result zk_restart(struct zk_session *zk);

/* Deletes the whole log of punches, for good (section 9). */
enum zk_result zk_clear_log(struct zk_session *zk);

/*
 * Has the terminal take notice of what was written (section 9).  ZK_OK also
 * when it does not know that: then it needs it not.
 */
enum zk_result zk_refresh(struct zk_session *zk);

/*
 * Writes back a user that zk_read_users() gave, as zk_user_encode() puts it
 * (section 10), and refreshes.
 */
enum zk_result zk_write_user(struct zk_session *zk,
                             const struct zk_user *user);
/*
 * The same without the refresh, for several users: one zk_refresh() follows
 * the last, also when some were refused.  Until then the terminal may go on
 * by what it knew, though it reads back what was written.
 */
enum zk_result zk_put_user(struct zk_session *zk, const struct zk_user *user);

#endif
