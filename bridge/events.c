/* events.c: the bytes of an event stream into its events; pure */
#include "events.h"

#include "base/text.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define DEFAULT_NAME "message"

void
events_init(struct events *e)
{
	*e = (struct events){ .line = BUF_INIT, .data = BUF_INIT };
}

void
events_finish(struct events *e)
{
	buf_finish(&e->line);
	buf_finish(&e->data);
	events_init(e);
}

/* ---- fields ------------------------------------------------------------- */

static void
take_name(struct events *e, const char *value)
{
	if (!text_copy(e->name, sizeof e->name, value))
		e->spoiled = true;
}

static void
take_data(struct events *e, const char *value)
{
	size_t len = strlen(value);

	if (e->data.len + len >= EVENTS_DATA_MAX) {
		e->spoiled = true;
		return;
	}
	buf_append(&e->data, value, len);
	buf_append(&e->data, "\n", 1);
}

/* The name is followed by a colon, at most one blank, and the value. */
static void
take_field(struct events *e, const char *line)
{
	static const struct {
		const char *name;
		void (*take)(struct events *e, const char *value);
	} fields[] = {
		{ "data", take_data },
		{ "event", take_name },
	};
	size_t len = strcspn(line, ":");
	const char *value = line + len;

	value += *value == ':';
	value += *value == ' ';
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (strlen(fields[i].name) == len &&
		    strncmp(fields[i].name, line, len) == 0)
			fields[i].take(e, value);
	}
}

/* An empty line ends the event; one without data is none. */
static void
end_event(struct events *e, events_fn *each, void *arg)
{
	if (e->data.len > 0 && !e->spoiled) {
		e->data.data[e->data.len - 1] = '\0';	/* the last LF */
		each(arg, e->name[0] == '\0' ? DEFAULT_NAME : e->name,
		     e->data.data);
	}
	buf_reset(&e->data);
	e->name[0] = '\0';
	e->spoiled = false;
}

/* ---- lines -------------------------------------------------------------- */

static void
end_line(struct events *e, events_fn *each, void *arg)
{
	const char *line = e->line.len == 0 ? "" : e->line.data;
	size_t len = e->line.len;
	const char *unmarked = e->begun ? NULL :
		text_after(line, BYTE_ORDER_MARK);

	if (unmarked != NULL) {
		len -= (size_t)(unmarked - line);
		line = unmarked;
	}
	if (len == 0)
		end_event(e, each, arg);
	else if (line[0] != ':' && (e->long_line || strlen(line) != len))
		e->spoiled = true;
	else if (line[0] != ':')
		take_field(e, line);
	e->begun = true;
	e->long_line = false;
	buf_reset(&e->line);
}

static void
add_to_line(struct events *e, const char *data, size_t len)
{
	size_t room = EVENTS_LINE_MAX - e->line.len;

	if (len > room) {
		e->long_line = true;
		len = room;
	}
	buf_append(&e->line, data, len);
}

/* Length of what stands before the next CR or LF, or of all. */
static size_t
find_end(const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && data[n] != '\r' && data[n] != '\n')
		n++;
	return n;
}

void
events_feed(struct events *e, const char *data, size_t len,
            events_fn *each, void *arg)
{
	while (len > 0) {
		size_t n = find_end(data, len);

		if (n > 0) {
			add_to_line(e, data, n);
			e->after_cr = false;
		} else if (data[0] == '\n' && e->after_cr) {
			e->after_cr = false;
			n = 1;
		} else {
			e->after_cr = data[0] == '\r';
			end_line(e, each, arg);
			n = 1;
		}
		data += n;
		len -= n;
	}
}
