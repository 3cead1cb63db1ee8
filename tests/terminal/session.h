/* session.h: one client's conversation with the fake terminal */
#ifndef TERMINAL_SESSION_H
#define TERMINAL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/terminal/terminal.h"

/* Commands and answers of the protocol that this terminal knows. */
enum fake_code {
	CODE_USERTEMP_RRQ = 9,
	CODE_OPTIONS_RRQ = 11,
	CODE_OPTIONS_WRQ = 12,
	CODE_ATTLOG_RRQ = 13,
	CODE_CLEAR_ATTLOG = 15,
	CODE_UNLOCK = 31,
	CODE_GET_FREE_SIZES = 50,
	CODE_ENABLE_CLOCK = 57,
	CODE_STARTVERIFY = 60,
	CODE_CANCELCAPTURE = 62,
	CODE_STATE_RRQ = 64,
	CODE_GET_PINWIDTH = 69,
	CODE_GET_TIME = 201,
	CODE_SET_TIME = 202,
	CODE_REG_EVENT = 500,
	CODE_CONNECT = 1000,
	CODE_EXIT = 1001,
	CODE_ENABLEDEVICE = 1002,
	CODE_DISABLEDEVICE = 1003,
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

/*
 * Knows packets and no sockets: a transport hands requests to
 * fake_session_packet and gets each answer through `emit`, one packet a call.
 */
struct fake_session {
	struct fake_session *next;
	struct fake_terminal *terminal;
	void (*emit)(void *arg, const void *packet, size_t len);
	void *arg;
	uint16_t id;		/* 0 before CONNECT */
	bool authenticated;
	uint32_t events;	/* mask of REG_EVENT */
	struct buf snapshot;	/* what 1503 prepared */
	bool prepared;
};

/* Joins the terminal's list.  Pair: fake_session_finish, which leaves it. */
void fake_session_init(struct fake_session *s, struct fake_terminal *t,
                       void (*emit)(void *arg, const void *packet, size_t len),
                       void *arg);
void fake_session_finish(struct fake_session *s);

/* One request of any bytes, without the prefix of TCP. */
void fake_session_packet(struct fake_session *s, const void *packet,
                         size_t len);

/* Tells the client of a punch, if it asked for that. */
void fake_session_event(struct fake_session *s,
                        const struct wire_punch *punch);

/* Those connected, or of them those that want live events. */
unsigned fake_session_count(const struct fake_terminal *t, bool registered);

struct fake_request {
	uint16_t command, session, reply;
	const uint8_t *data;
	size_t len;
};

/* For handlers: sends a packet; `field` stands where the session would. */
void fake_session_send(struct fake_session *s, uint16_t code, uint16_t field,
                       uint16_t reply, const void *data, size_t len);

/* The same as the answer to a request, under the session's own id. */
void fake_answer(struct fake_session *s, const struct fake_request *rq,
                 uint16_t code, const void *data, size_t len);
void fake_answer_code(struct fake_session *s, const struct fake_request *rq,
                      uint16_t code);

/* commands.c: runs the handler of the command's row, or refuses. */
void fake_command_run(struct fake_session *s, const struct fake_request *rq);

#endif
