/* zk_session.c: from hello to goodbye, and the plain command */
#include "zk_inside.h"

#include <errno.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define EXIT_TIMEOUT_MS 300
#define ENABLE_TIMEOUT_MS 500	/* as the last word of a connection */
#define ENABLE_TRIES 3
#define AUTH_TICKS 50		/* any would do; all clients send 50 */
#define REPLY_ID_LAST 65534	/* 0 follows */

const char *
zk_error(const struct zk_session *zk)
{
	return zk->error;
}

uint16_t
zk_refusal(const struct zk_session *zk)
{
	return zk->refusal;
}

void
zk_hurry(struct zk_session *zk)
{
	zk->hurried = true;
}

bool
zk_pause(struct zk_session *zk, int ms)
{
	return zk_link_pause(&zk->link, ms);
}

void
zk_nudge(struct zk_session *zk)
{
	zk_link_nudge(&zk->link);
}

void
zk_interrupt(struct zk_session *zk)
{
	zk_link_interrupt(&zk->link);
}

/* ---- the plain command -------------------------------------------------- */

/* What is refused, in words. */
static void
name_command(uint16_t command, char *out, size_t size)
{
	static const struct {
		uint16_t command;
		const char *words;
	} known[] = {
		{ ZK_USER_WRITE, "to change a user" },
		{ ZK_LOG_CLEAR, "to clear its log" },
		{ ZK_UNLOCK, "to open the door" },
		{ ZK_FREE_SIZES, "to tell how full it is" },
		{ ZK_TIME_READ, "to tell its time" },
		{ ZK_TIME_WRITE, "to set its clock" },
		{ ZK_EVENT, "live events" },
		{ ZK_ENABLE, "to be enabled" },
		{ ZK_DISABLE, "to be disabled" },
		{ ZK_RESTART, "to restart" },
		{ ZK_REFRESH, "to refresh its data" },
	};

	snprintf(out, size, "command %u", (unsigned)command);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].command == command)
			text_copy(out, size, known[i].words);
	}
}

enum zk_result
zk_command(struct zk_session *zk, uint16_t command, const void *data,
           size_t len, struct zk_packet *reply)
{
	struct zk_packet answer;
	enum zk_result rc = zk_inside_ask(zk, command, data, len,
	                                  zk->options.timeout_ms, &answer);
	char what[40];

	if (rc != ZK_OK)
		return rc;
	name_command(command, what, sizeof what);
	if (answer.command == ZK_ACK_UNAUTH) {
		zk->refusal = ZK_ACK_UNAUTH;
		return zk_inside_fail(zk, ZK_REFUSED, "the terminal had "
			"forgotten us and refused %s (code 2005); it knows "
			"us again now", what);
	}
	if (answer.command != ZK_ACK_OK)
		return zk_inside_refused(zk, what, answer.command);
	if (reply != NULL)
		*reply = answer;
	return ZK_OK;
}

/* ---- hello -------------------------------------------------------------- */

struct zk_session *
zk_create(const struct zk_options *options, zk_event_fn *on_event, void *arg)
{
	struct zk_session *zk = calloc(1, sizeof *zk);

	if (zk == NULL || !zk_link_init(&zk->link))
		log_die("cannot start a session: %s", strerror(errno));
	buf_reserve(&zk->in, ZK_HEADER_BYTES);	/* never NULL, even if empty */
	zk->options = *options;
	zk->on_event = on_event;
	zk->event_arg = arg;
	return zk;
}

void
zk_destroy(struct zk_session *zk)
{
	if (zk == NULL)
		return;
	zk_disconnect(zk);
	zk_link_finish(&zk->link);
	buf_finish(&zk->in);
	buf_finish(&zk->request);
	free(zk);
}

enum zk_result
zk_inside_authenticate(struct zk_session *zk)
{
	struct zk_packet answer;
	enum zk_result rc;
	uint8_t key[4];

	zk_comm_key(zk->options.comm_key, zk->session, AUTH_TICKS, key);
	rc = zk_inside_ask(zk, ZK_AUTH, key, sizeof key,
	                   zk->options.timeout_ms, &answer);
	if (rc != ZK_OK || answer.command == ZK_ACK_OK)
		return rc;
	return zk_inside_refused(zk, "the comm key", answer.command);
}

/* CONNECT carries session 0 and reply id 0, and gives us our session. */
static enum zk_result
say_hello(struct zk_session *zk)
{
	struct zk_packet answer;
	enum zk_result rc;

	zk->session = 0;
	zk->reply = REPLY_ID_LAST;
	rc = zk_inside_ask(zk, ZK_CONNECT, NULL, 0, zk->options.timeout_ms,
	                   &answer);
	if (rc != ZK_OK)
		return rc;
	zk->session = answer.session;
	if (answer.command == ZK_ACK_OK)
		return ZK_OK;
	if (answer.command == ZK_ACK_UNAUTH)
		return zk_inside_authenticate(zk);
	return zk_inside_refused(zk, "the connection", answer.command);
}

/* A connection that broke may have left the terminal disabled by us. */
static enum zk_result
make_up(struct zk_session *zk)
{
	enum zk_result rc = zk->disabled ? zk_enable(zk) : ZK_OK;

	return rc == ZK_REFUSED ? ZK_OK : rc;
}

void
zk_set_transport(struct zk_session *zk, enum zk_transport transport)
{
	zk->options.transport = transport;
}

enum zk_result
zk_connect(struct zk_session *zk)
{
	enum zk_result rc;

	zk_disconnect(zk);
	buf_reset(&zk->in);
	zk->used = 0;
	rc = zk_link_connect(&zk->link, zk->options.host, zk->options.port,
	                     zk->options.transport,
	                     clock_mono_ms() + zk->options.timeout_ms,
	                     zk->error, sizeof zk->error);
	if (rc == ZK_OK)
		rc = say_hello(zk);
	if (rc == ZK_OK)
		rc = make_up(zk);
	if (rc != ZK_OK)
		zk_disconnect(zk);
	return rc;
}

/* ---- goodbye ------------------------------------------------------------ */

/*
 * Closing with bytes unread may cost the terminal our last words, so those
 * that nobody can make sense of are let pass for a moment.
 */
static void
let_pass(struct zk_session *zk, int ms)
{
	int64_t deadline = clock_mono_ms() + ms;

	do
		buf_reset(&zk->in);
	while (clock_mono_ms() < deadline &&
	       zk_link_receive(&zk->link, &zk->in, deadline) == ZK_OK);
	zk->used = 0;
}

/* A last word, whatever state the line is in. */
static enum zk_result
say_last(struct zk_session *zk, uint16_t command, int timeout_ms)
{
	struct zk_packet answer;
	enum zk_result rc = zk_inside_ask(zk, command, NULL, 0, timeout_ms,
	                                  &answer);

	if (rc == ZK_PROTOCOL)
		let_pass(zk, timeout_ms);
	return rc == ZK_OK && answer.command != ZK_ACK_OK ? ZK_REFUSED : rc;
}

/* A line out of step took the word, but nobody can tell its answer. */
static void
enable_at_last(struct zk_session *zk)
{
	enum zk_result rc = ZK_TIMEOUT;

	zk->link.deaf = true;
	for (int i = 0; i < ENABLE_TRIES && rc == ZK_TIMEOUT; i++)
		rc = say_last(zk, ZK_ENABLE, ENABLE_TIMEOUT_MS);
	zk->link.deaf = false;
	zk->disabled = rc != ZK_OK;
}

/*
 * A client that leaves without EXIT can block a terminal for minutes, so it is
 * sent on a line that failed too, and when we are being stopped.  A terminal
 * that we disabled is enabled before, and then a stop waits that long.  The
 * words of the last failure stay as they are.
 */
void
zk_disconnect(struct zk_session *zk)
{
	char words[sizeof zk->error];
	uint16_t refusal = zk->refusal;

	if (zk->link.fd < 0)
		return;
	memcpy(words, zk->error, sizeof words);
	zk->limit = 0;
	if (zk->disabled)
		enable_at_last(zk);
	say_last(zk, ZK_EXIT, EXIT_TIMEOUT_MS);
	memcpy(zk->error, words, sizeof words);
	zk->refusal = refusal;
	zk_link_close(&zk->link);
}
