/* session.h: one client's conversation with the fake terminal */
#ifndef TERMINAL_SESSION_H
#define TERMINAL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/terminal/terminal.h"

/* Commands and answers of the protocol that this terminal knows. */
enum fake_code {
	CODE_USER_WRQ = 8,
	CODE_USERTEMP_RRQ = 9,
	CODE_OPTIONS_RRQ = 11,
	CODE_OPTIONS_WRQ = 12,
	CODE_ATTLOG_RRQ = 13,
	CODE_CLEAR_DATA = 14,
	CODE_CLEAR_ATTLOG = 15,
	CODE_DELETE_USER = 18,
	CODE_UNLOCK = 31,
	CODE_GET_FREE_SIZES = 50,
	CODE_ENABLE_CLOCK = 57,
	CODE_STARTVERIFY = 60,
	CODE_CANCELCAPTURE = 62,
	CODE_STATE_RRQ = 64,
	CODE_GET_PINWIDTH = 69,
	CODE_DOORSTATE_RRQ = 75,
	CODE_GET_TIME = 201,
	CODE_SET_TIME = 202,
	CODE_REG_EVENT = 500,
	CODE_CONNECT = 1000,
	CODE_EXIT = 1001,
	CODE_ENABLEDEVICE = 1002,
	CODE_DISABLEDEVICE = 1003,
	CODE_RESTART = 1004,
	CODE_POWEROFF = 1005,
	CODE_REFRESHDATA = 1013,
	CODE_REFRESHOPTION = 1014,
	CODE_TESTVOICE = 1017,
	CODE_GET_VERSION = 1100,
	CODE_AUTH = 1102,
	CODE_PREPARE_DATA = 1500,
	CODE_DATA = 1501,
	CODE_FREE_DATA = 1502,
	CODE_PREPARE_BUFFER = 1503,
	CODE_READ_BUFFER = 1504,
	CODE_ACK_OK = 2000,
	CODE_ACK_ERROR = 2001,
	CODE_ACK_UNAUTH = 2005,
	CODE_ACK_ERROR_DATA = 65531,
	CODE_ACK_ERROR_INIT = 65532,
	CODE_ACK_UNKNOWN = 65535,
};

#define FAKE_EVENT_PUNCH 1

/* How a packet goes out. */
enum fake_shape {
	FAKE_WHOLE,
	FAKE_CUT,	/* its first half, though announced in full */
	FAKE_RAW,	/* bytes that are no packet */
};

struct fake_transport {
	void (*emit)(void *arg, enum fake_shape shape, const void *packet,
	             size_t len);
	size_t data_most;	/* bytes in a DATA packet */
	size_t border;		/* where 1504 begins for most clients */
};

enum fake_life {
	FAKE_ALIVE,
	FAKE_MUTE,	/* says nothing more, but still takes a place */
	FAKE_DEAD,	/* the terminal knows nothing of it any more */
};

/* What goes out at a later time; events that wait to be acknowledged. */
struct fake_later;
struct fake_event;

/*
 * Knows packets and no sockets: a transport hands requests to
 * fake_session_packet and gets each answer through `emit`, one packet a call.
 */
struct fake_session {
	struct fake_session *next;
	struct fake_terminal *terminal;
	const struct fake_transport *transport;
	void *arg;
	enum fake_life life;
	bool closing;		/* the transport ends it when all is sent */
	uint16_t id;		/* 0 before CONNECT */
	bool authenticated;
	uint32_t events;	/* mask of REG_EVENT */
	struct buf snapshot;	/* what 1503 prepared */
	bool prepared;
	struct buf *held;	/* faults.c: an answer, packets with lengths */
	struct fake_later *later, *later_last;	/* the earliest first */
	struct fake_event *unacked;	/* the oldest first */
	int64_t busy_until;	/* of clock_mono_ms: answers wait so long */
};

/* Joins the terminal's list.  Pair: fake_session_finish, which leaves it. */
void fake_session_init(struct fake_session *s, struct fake_terminal *t,
                       const struct fake_transport *transport, void *arg);
void fake_session_finish(struct fake_session *s);

/* Silence from here on; and the same without taking a place. */
void fake_session_mute(struct fake_session *s);
void fake_session_die(struct fake_session *s);

/* One request of any bytes, without the prefix of TCP. */
void fake_session_packet(struct fake_session *s, const void *packet,
                         size_t len);

/*
 * Sends what is due at `now` of clock_mono_ms, and events again; and in how
 * many ms that is to be done next, or -1.
 */
void fake_session_tick(struct fake_session *s, int64_t now);
int fake_session_wait(const struct fake_session *s, int64_t now);

/* Tells the client of a punch, if it asked for that. */
void fake_session_event(struct fake_session *s,
                        const struct wire_punch *punch);

/* Those connected and not dead, or of them those that want live events. */
unsigned fake_session_count(const struct fake_terminal *t, bool registered);

struct fake_request {
	uint16_t command, session, reply;
	const uint8_t *data;
	size_t len;
};

/* For handlers: sends a packet; `field` stands where the session would. */
void fake_session_send(struct fake_session *s, uint16_t code, uint16_t field,
                       uint16_t reply, const void *data, size_t len);

/* A packet as it is, at once or later. */
void fake_session_emit(struct fake_session *s, enum fake_shape shape,
                       const void *packet, size_t len);
void fake_session_later(struct fake_session *s, int64_t at,
                        enum fake_shape shape, const void *packet, size_t len);
/* later.c: sends what is due. */
void fake_session_due(struct fake_session *s, int64_t now);
/* later.c: the client took the oldest event that waits for that. */
void fake_session_acked(struct fake_session *s);
/* later.c: an event that may have to go out again; and forgetting all. */
void fake_session_await_ack(struct fake_session *s, const struct buf *data);
void fake_session_forget(struct fake_session *s);

/* The same as the answer to a request, under the session's own id. */
void fake_answer(struct fake_session *s, const struct fake_request *rq,
                 uint16_t code, const void *data, size_t len);
void fake_answer_code(struct fake_session *s, const struct fake_request *rq,
                      uint16_t code);

/* options.c: commands 11 and 12. */
void fake_option_read(struct fake_session *s, const struct fake_request *rq);
void fake_option_write(struct fake_session *s, const struct fake_request *rq);

/* writes.c: commands 8, 14, 15 and 18. */
void fake_write_user(struct fake_session *s, const struct fake_request *rq);
void fake_write_clear(struct fake_session *s, const struct fake_request *rq);
void fake_write_clear_log(struct fake_session *s,
                          const struct fake_request *rq);
void fake_write_delete(struct fake_session *s, const struct fake_request *rq);

/* commands.c: runs the handler of the command's row, or refuses. */
void fake_command_run(struct fake_session *s, const struct fake_request *rq);

#endif
