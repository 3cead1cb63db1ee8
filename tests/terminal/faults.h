/* faults.h: answers of the fake terminal that go wrong on order */
#ifndef TERMINAL_FAULTS_H
#define TERMINAL_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct fake_session;
struct fake_request;

/* In the order of their words in faults.c. */
enum fake_fault_kind {
	FAKE_FAULT_NONE,
	FAKE_FAULT_CHECKSUM,	/* of a packet is wrong */
	FAKE_FAULT_CLOSE,	/* the connection ends in the middle */
	FAKE_FAULT_ERROR,	/* this code instead, and nothing is done */
	FAKE_FAULT_GARBAGE,	/* random bytes instead of a frame */
	FAKE_FAULT_LATE,	/* it comes later, others do not wait */
	FAKE_FAULT_SHORT,	/* a packet is cut, and silence follows */
	FAKE_FAULT_SIZE,	/* more bytes are announced than come */
	FAKE_FAULT_STALL,	/* silence from here on */
	FAKE_FAULT_STRAY,	/* a packet of another request comes first */
	FAKE_FAULT__COUNT
};

struct fake_fault {
	enum fake_fault_kind kind;
	bool bulk;		/* only answers with the DATA of a table */
	int64_t count;		/* of answers, to come */
	uint16_t code;		/* of FAKE_FAULT_ERROR */
};

/* Reads "short", "error:4989", ...; false for what is no fault. */
bool fake_fault_read(const char *word, struct fake_fault *out);

/* Runs the command, and spoils its answer when a fault waits for it. */
void fake_fault_run(struct fake_session *s, const struct fake_request *rq);

#endif
