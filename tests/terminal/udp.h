/* udp.h: the UDP clients of the fake terminal */
#ifndef TERMINAL_UDP_H
#define TERMINAL_UDP_H

#include <netinet/in.h>

#include "tests/terminal/session.h"

#define FAKE_PEERS 64

/* A session by the address its datagrams come from. */
struct fake_peer {
	bool used;
	struct fake_udp *udp;
	struct sockaddr_in address;
	struct fake_session session;
	int64_t heard_at;	/* of clock_mono_ms, as all here */
	struct buf out;		/* datagrams, each behind its length */
	size_t sent;
	int64_t next_at;	/* when more may be sent */
	unsigned burst;		/* how many went out since then */
	struct buf swapped;	/* the one that its successor overtakes */
	int64_t swapped_until;
};

struct fake_udp {
	int fd;			/* -1: there is no UDP */
	struct fake_terminal *terminal;
	struct fake_peer peers[FAKE_PEERS];
};

/* Owns `fd`, which does not block, or -1.  Pair: fake_udp_finish. */
void fake_udp_init(struct fake_udp *u, int fd, struct fake_terminal *t);
void fake_udp_finish(struct fake_udp *u);

/* Within how many ms a step must come at the latest, or -1. */
int fake_udp_wait(const struct fake_udp *u);

/* Reads, answers, and ends what was silent too long. */
void fake_udp_step(struct fake_udp *u, bool readable);

/* Ends all sessions without a word. */
void fake_udp_drop(struct fake_udp *u);

#endif
