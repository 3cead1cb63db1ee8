/* options.c: options of the fake terminal, which clients read and write */
#include "tests/terminal/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define NAME_MOST 64
#define VALUE_MOST 512
#define WRITTEN_MOST 200

static const struct {
	const char *name, *value;
} fixed_options[] = {
	{ "DeviceID", "1" },
	{ "FaceFunOn", "0" },
	{ "FingerFunOn", "1" },
	{ "GATEIPAddress", "127.0.0.1" },
	{ "IPAddress", "127.0.0.1" },
	{ "NetMask", "255.255.255.0" },
	{ "WorkCode", "0" },
	{ "~IsOnlyRFMachine", "0" },
	{ "~OEMVendor", "ZKTECO CO., LTD." },
	{ "~OS", "1" },
	{ "~PIN2Width", "24" },
	{ "~ProductTime", "2016-04-26 10:00:00" },
	{ "~RFCardOn", "1" },
	{ "~SSR", "1" },
	{ "~ZKFPVersion", "10" },
};

/* What a client wrote is what the next one reads. */
static struct fake_option *
written(const struct fake_terminal *t, const char *name)
{
	for (size_t i = 0; i < t->option_count; i++) {
		if (strcmp(t->options[i].name, name) == 0)
			return &t->options[i];
	}
	return NULL;
}

const char *
fake_terminal_option(const struct fake_terminal *t, const char *name)
{
	const struct fake_option *o = written(t, name);
	const struct {
		const char *name, *value;
	} own[] = {
		{ "FirmVer", t->settings.firmware },
		{ "MAC", t->settings.mac },
		{ "~DeviceName", t->settings.name },
		{ "~Platform", t->settings.platform },
		{ "~SerialNumber", t->settings.serial },
	};

	if (o != NULL)
		return o->value;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (strcmp(own[i].name, name) == 0)
			return own[i].value;
	}
	for (size_t i = 0; i < sizeof fixed_options / sizeof *fixed_options;
	     i++) {
		if (strcmp(fixed_options[i].name, name) == 0)
			return fixed_options[i].value;
	}
	return NULL;
}

void
fake_options_finish(struct fake_terminal *t)
{
	for (size_t i = 0; i < t->option_count; i++) {
		free(t->options[i].name);
		free(t->options[i].value);
	}
	free(t->options);
	t->options = NULL;
	t->option_count = 0;
}

static char *
copy(const char *text)
{
	char *to = strdup(text);

	if (to == NULL)
		log_die("out of memory");
	return to;
}

/* False when there is no room for more names. */
static bool
remember(struct fake_terminal *t, const char *name, const char *value)
{
	struct fake_option *o = written(t, name);

	if (o != NULL) {
		free(o->value);
		o->value = copy(value);
		return true;
	}
	if (t->option_count == WRITTEN_MOST)
		return false;
	t->options = realloc(t->options, (t->option_count + 1) * sizeof *o);
	if (t->options == NULL)
		log_die("out of memory");
	t->options[t->option_count++] = (struct fake_option){
		copy(name), copy(value)
	};
	return true;
}

/* ---- commands ------------------------------------------------------------*/

/* The text of a request, which may lack its NUL; false when too long. */
static bool
get_text(const struct fake_request *rq, char *to, size_t size)
{
	size_t len = strnlen((const char *)rq->data, rq->len);

	if (len >= size)
		return false;
	memcpy(to, rq->data, len);
	to[len] = '\0';
	return true;
}

/* Some firmware writes the serial between signs of equality. */
static void
put_option(const struct fake_terminal *t, const char *name, const char *value,
           struct buf *out)
{
	bool junk = t->settings.junk;
	const char *sign = junk && strcmp(name, "~SerialNumber") == 0 ?
		"=" : "";

	buf_appendf(out, "%s=%s%s%s", name, sign, value, sign);
	buf_append(out, "", 1);
	if (junk)
		buf_append_str(out, "\xb7=rest\xff\x01");
}

void
fake_option_read(struct fake_session *s, const struct fake_request *rq)
{
	char name[NAME_MOST + 1];
	const char *value = NULL;
	struct buf text = BUF_INIT;

	if (get_text(rq, name, sizeof name))
		value = fake_terminal_option(s->terminal, name);
	if (value == NULL) {
		fake_answer_code(s, rq, s->terminal->settings.unknown_option ==
		                 FAKE_UNKNOWN_ERROR ?
		                 CODE_ACK_ERROR : CODE_ACK_UNKNOWN);
		return;
	}
	put_option(s->terminal, name, value, &text);
	fake_answer(s, rq, CODE_ACK_OK, text.data, text.len);
	buf_finish(&text);
}

/* NAME=VALUE */
void
fake_option_write(struct fake_session *s, const struct fake_request *rq)
{
	char name[NAME_MOST + VALUE_MOST + 2], *value;
	bool fine = get_text(rq, name, sizeof name);

	value = fine ? strchr(name, '=') : NULL;
	if (value != NULL)
		*value++ = '\0';
	fine = value != NULL && *name != '\0' && strlen(name) <= NAME_MOST &&
		remember(s->terminal, name, value);
	fake_answer_code(s, rq, fine ? CODE_ACK_OK : CODE_ACK_ERROR);
}
