/* faults.c: answers of the fake terminal that go wrong on order */
#include "tests/terminal/faults.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/terminal/session.h"

#define LATE_MS 1500
#define STRAY_APART 1000	/* from the request's own reply id */
#define EXTRA_BYTES 4000	/* whole records of 8, 16 and 40 bytes */
#define GARBAGE_MOST 600
#define BUFFERED_SIZE 13	/* data of 1503's answer */

/* One packet of an answer that was held back. */
struct packet {
	uint8_t *bytes;
	size_t len;
	size_t start, end;	/* where it lies in the whole */
};

/* Steps from packet to packet of `whole`; `p` begins zeroed. */
static bool
next_packet(const struct buf *whole, struct packet *p)
{
	if (p->end >= whole->len)
		return false;
	p->start = p->end;
	p->len = wire_get32(whole->data + p->start);
	p->bytes = (uint8_t *)whole->data + p->start + 4;
	p->end = p->start + 4 + p->len;
	return true;
}

/* ---- ways to go wrong ----------------------------------------------------*/

static void
spoil_checksum(struct fake_session *s, struct packet *p)
{
	p->bytes[2] ^= 0x55;
	fake_session_emit(s, FAKE_WHOLE, p->bytes, p->len);
}

static void
spoil_close(struct fake_session *s, struct packet *p)
{
	fake_session_emit(s, FAKE_CUT, p->bytes, p->len);
	s->closing = true;
	fake_session_mute(s);
}

static void
spoil_garbage(struct fake_session *s, struct packet *p)
{
	uint8_t bytes[GARBAGE_MOST];
	size_t len = p->len + WIRE_PREFIX_SIZE;

	if (len > sizeof bytes)
		len = sizeof bytes;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)fake_terminal_dice(s->terminal, 256);
	fake_session_emit(s, FAKE_RAW, bytes, len);
}

static void
spoil_short(struct fake_session *s, struct packet *p)
{
	fake_session_emit(s, FAKE_CUT, p->bytes, p->len);
	fake_session_mute(s);
}

static void
spoil_nothing(struct fake_session *s, struct packet *p)
{
	fake_session_emit(s, FAKE_WHOLE, p->bytes, p->len);
}

static void
spoil_late(struct fake_session *s, struct packet *p)
{
	fake_session_later(s, clock_mono_ms() + LATE_MS, FAKE_WHOLE, p->bytes,
	                   p->len);
}

/* Where a packet tells a size: at one place of its data, or at two. */
static unsigned
size_places(const struct fake_request *rq, const struct packet *p, size_t at[2])
{
	bool prepares = rq->command == CODE_PREPARE_BUFFER;
	uint16_t code = wire_get16(p->bytes);

	at[0] = WIRE_HEADER_SIZE;
	at[1] = WIRE_HEADER_SIZE + 5;
	if (code == CODE_PREPARE_DATA || (prepares && code == CODE_DATA))
		return 1;
	if (!prepares || p->len != WIRE_HEADER_SIZE + BUFFERED_SIZE)
		return 0;
	at[0] = WIRE_HEADER_SIZE + 1;
	return 2;
}

static void
enlarge(const struct fake_request *rq, struct packet *p)
{
	size_t at[2];
	unsigned count = size_places(rq, p, at);

	for (unsigned i = 0; i < count; i++) {
		uint32_t size = wire_get32(p->bytes + at[i]) + EXTRA_BYTES;

		for (int byte = 0; byte < 4; byte++)
			p->bytes[at[i] + (size_t)byte] =
				(uint8_t)(size >> 8 * byte);
	}
	wire_seal(p->bytes, p->len);
}

static void
send_stray(struct fake_session *s, const struct packet *p)
{
	struct buf stray = BUF_INIT;

	wire_put_packet(&stray, wire_get16(p->bytes), wire_get16(p->bytes + 4),
	                (uint16_t)(wire_get16(p->bytes + 6) + STRAY_APART),
	                p->bytes + WIRE_HEADER_SIZE,
	                p->len - WIRE_HEADER_SIZE);
	fake_session_emit(s, FAKE_WHOLE, stray.data, stray.len);
	buf_finish(&stray);
}

/* `spoil` has the packet in the middle of the answer's bytes, or all. */
static const struct {
	const char *word;
	bool all;
	void (*spoil)(struct fake_session *s, struct packet *p);
} faults[FAKE_FAULT__COUNT] = {
	[FAKE_FAULT_NONE] = { "none", true, spoil_nothing },
	[FAKE_FAULT_CHECKSUM] = { "checksum", false, spoil_checksum },
	[FAKE_FAULT_CLOSE] = { "close", false, spoil_close },
	[FAKE_FAULT_ERROR] = { "error:", true, spoil_nothing },
	[FAKE_FAULT_GARBAGE] = { "garbage", false, spoil_garbage },
	[FAKE_FAULT_LATE] = { "late", true, spoil_late },
	[FAKE_FAULT_SHORT] = { "short", false, spoil_short },
	[FAKE_FAULT_SIZE] = { "size", true, spoil_nothing },
	[FAKE_FAULT_STALL] = { "stall", true, spoil_nothing },
	[FAKE_FAULT_STRAY] = { "stray", true, spoil_nothing },
};

bool
fake_fault_read(const char *word, struct fake_fault *out)
{
	const char *code_text = text_after(word, faults[FAKE_FAULT_ERROR].word);
	int64_t code = 0;

	if (code_text != NULL && !text_to_int(code_text, 1, 65535, &code))
		return false;
	for (int kind = 0; kind < FAKE_FAULT__COUNT; kind++) {
		if (code_text != NULL ? kind == FAKE_FAULT_ERROR :
		    kind != FAKE_FAULT_ERROR &&
		    strcmp(faults[kind].word, word) == 0) {
			out->kind = (enum fake_fault_kind)kind;
			out->code = (uint16_t)code;
			return true;
		}
	}
	return false;
}

/* ---- an answer held back -------------------------------------------------*/

/* Is it one that the fault waits for? */
static bool
applies(const struct fake_fault *f, const struct fake_request *rq,
        const struct buf *whole)
{
	struct packet p = { 0 };
	bool has_data = false, has_size = false;
	size_t at[2];

	while (next_packet(whole, &p)) {
		has_data |= wire_get16(p.bytes) == CODE_DATA;
		has_size |= size_places(rq, &p, at) > 0;
	}
	if (f->kind == FAKE_FAULT_SIZE && !has_size)
		return false;
	return whole->len > 0 && (!f->bulk || has_data);
}

static void
send_held(struct fake_session *s, enum fake_fault_kind kind,
          const struct fake_request *rq, const struct buf *whole)
{
	struct packet p = { 0 };

	while (next_packet(whole, &p)) {
		bool middle = p.start <= whole->len / 2 &&
			whole->len / 2 < p.end;

		if (kind == FAKE_FAULT_STRAY && p.start == 0)
			send_stray(s, &p);
		if (kind == FAKE_FAULT_SIZE)
			enlarge(rq, &p);
		if (middle || faults[kind].all)
			faults[kind].spoil(s, &p);
		else
			spoil_nothing(s, &p);
	}
}

static void
go_wrong(struct fake_session *s, const struct fake_request *rq,
         const struct buf *whole)
{
	struct fake_fault *f = &s->terminal->fault;

	f->count--;
	if (f->kind == FAKE_FAULT_STALL)
		fake_session_mute(s);
	else if (f->kind == FAKE_FAULT_ERROR)
		fake_answer_code(s, rq, f->code);
	else
		send_held(s, f->kind, rq, whole);
}

void
fake_fault_run(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_fault *f = &s->terminal->fault;
	struct buf whole = BUF_INIT;

	/* an event that was taken has no answer to spoil */
	if (f->count == 0 || rq->command == CODE_ACK_OK) {
		fake_command_run(s, rq);
		return;
	}
	if (f->kind == FAKE_FAULT_ERROR && !f->bulk) {
		go_wrong(s, rq, &whole);
		return;
	}
	s->held = &whole;
	fake_command_run(s, rq);
	s->held = NULL;
	if (applies(f, rq, &whole))
		go_wrong(s, rq, &whole);
	else
		send_held(s, FAKE_FAULT_NONE, rq, &whole);
	buf_finish(&whole);
}
