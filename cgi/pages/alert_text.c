/* alert_text.c: what a mail about alerts says */
#include "pages/alert_text.h"

#include "base/clock.h"
#include "http/view.h"

/* All that is said of a kind. */
static const struct {
	const char *name;
	const char *begins, *ends;	/* above the terminals */
	const char *help;		/* below those where it begins */
} kinds[ALERT__COUNT] = {
	[ALERT_BACKLOG] = {
		"Punches wait to be sent",
		"More and more punches wait to be sent:",
		"Fewer punches wait to be sent again:",
		"Is the internet at the gym slow, or away at times?  \"gymgate-bridge\n"
		"status\" on the computer there tells what hinders it.  No punch is\n"
		"lost: they wait at the bridge and come in by themselves.\n" },
	[ALERT_BRIDGE] = {
		"Bridge silent",
		"The bridge does not report:",
		"The bridge reports again:",
		"Is the computer with the bridge on?  Is the internet there?\n"
		"\"gymgate-bridge status\" on that computer tells more.  No punch is\n"
		"lost: they wait in the terminal and at the bridge, and come in by\n"
		"themselves.\n" },
	[ALERT_LOG] = {
		"Log nearly full",
		"The log of the terminal is nearly full:",
		"The log of the terminal has room again:",
		"Terminals drop their oldest punches when the log is full.  The page\n"
		"of terminals says when it may be cleared, at the terminal itself;\n"
		"what has come in by then stays with you.\n" },
	[ALERT_TERMINAL] = {
		"Terminal does not answer",
		"The bridge is well, but the terminal does not answer it:",
		"The terminal answers its bridge again:",
		"Is the terminal on, and its network cable in?  \"gymgate-bridge\n"
		"doctor\" on the computer with the bridge looks for the cause.  No\n"
		"punch is lost: they wait in the terminal and come in by themselves.\n" },
};

const char *
alert_text_kind(enum alert_kind kind)
{
	return kinds[kind].name;
}

/* A name that somebody has typed somewhere: on one line. */
static void
append_name(struct buf *out, const char *name)
{
	size_t at = out->len;

	buf_append_str(out, name);
	for (; at < out->len; at++) {
		if ((unsigned char)out->data[at] < ' ')
			out->data[at] = ' ';
	}
}

static void
append_moment(struct buf *out, int64_t at, const char *zone)
{
	char day[VIEW_TEXT_SIZE], time[VIEW_TEXT_SIZE];
	int64_t local = clock_local(zone, at);

	buf_appendf(out, "%s, %s", view_day_text(clock_day(local), day),
	            view_time_text(local, time));
}

/* ---- the subject --------------------------------------------------------- */

/* "Spine Fitness, North: over: Bridge silent (3 terminals)" */
static void
write_subject(const struct alert_letter *l, struct buf *out)
{
	bool is_over = true, is_one_kind = true;

	for (size_t i = 0; i < l->count; i++) {
		is_over = is_over && l->lines[i].tells_end;
		is_one_kind = is_one_kind &&
			l->lines[i].kind == l->lines[0].kind;
	}
	append_name(out, l->company);
	if (l->has_branches) {
		buf_append_str(out, ", ");
		append_name(out, l->branch);
	}
	buf_append_str(out, is_over ? ": over: " : ": ");
	if (!is_one_kind) {
		buf_appendf(out, "%zu alerts", l->count);
		return;
	}
	buf_appendf(out, "%s (", kinds[l->lines[0].kind].name);
	if (l->count == 1)
		append_name(out, l->lines[0].terminal);
	else
		buf_appendf(out, "%zu terminals", l->count);
	buf_append_str(out, ")");
}

/* ---- the text ------------------------------------------------------------ */

/* "  - Front door (SN), since 12 Mar 2026, 7:30 am" */
static void
append_line(struct buf *out, const struct alert_letter *l,
            const struct alert_line *line)
{
	char span[VIEW_TEXT_SIZE];

	buf_append_str(out, "  - ");
	append_name(out, line->terminal);
	buf_appendf(out, " (%s), %s ", line->sn, line->tells_end ? "from"
	            : "since");
	append_moment(out, line->since_at, l->zone);
	if (line->tells_end && line->well_at != CLOCK_NO_TIME) {
		buf_append_str(out, " to ");
		append_moment(out, line->well_at, l->zone);
		buf_appendf(out, ": %s", view_span_text((line->well_at -
		            line->since_at) / 1000, span));
	}
	if (line->tells_end && line->tells_begin)
		buf_append_str(out, "; it was over before this could be told");
	buf_append_str(out, "\n");
}

static void
append_part(struct buf *out, const struct alert_letter *l,
            enum alert_kind kind, bool is_over)
{
	bool is_any = false;

	for (size_t i = 0; i < l->count; i++) {
		const struct alert_line *line = &l->lines[i];

		if (line->kind != kind || line->tells_end != is_over)
			continue;
		if (!is_any)
			buf_appendf(out, "%s\n\n", is_over ? kinds[kind].ends
			            : kinds[kind].begins);
		is_any = true;
		append_line(out, l, line);
	}
	if (is_any)
		buf_appendf(out, "\n%s%s", is_over ? "" : kinds[kind].help,
		            is_over ? "" : "\n");
}

void
alert_text_write(const struct alert_letter *l, const char *url,
                 struct buf *subject, struct buf *text)
{
	write_subject(l, subject);
	append_name(text, l->company);
	if (l->has_branches) {
		buf_append_str(text, ", ");
		append_name(text, l->branch);
	}
	buf_append_str(text, "\n\n");
	for (int kind = 0; kind < ALERT__COUNT; kind++) {
		append_part(text, l, (enum alert_kind)kind, false);
		append_part(text, l, (enum alert_kind)kind, true);
	}
	if (*url != '\0')
		buf_appendf(text, "%s/devices\n\n", url);
	buf_append_str(text, "-- \nYou are told as an owner of ");
	append_name(text, l->company);
	buf_append_str(text, ".  Your account's page can switch that off.\n");
}
