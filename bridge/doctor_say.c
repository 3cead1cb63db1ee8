/* doctor_say.c: what the doctor prints: marked lines, wrapped, plain ASCII */
#include "doctor_inside.h"

#include <ctype.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/text.h"

#define COLUMNS 79
#define INDENT 14		/* mark, step and the blanks between */
#define TEXT_MAX 1200
#define NAME_RUN 4		/* bytes above 127 that may be a name */

static const char *const marks[DOCTOR__COUNT] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_NOTE] = "--",
	[DOCTOR_TROUBLE] = "!!",
};

static void
make_plain(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
	}
}

/* How much of `text` goes into one line. */
static size_t
line_length(const char *text)
{
	size_t most = COLUMNS - INDENT, len = strlen(text);

	if (len <= most)
		return len;
	for (len = most; len > 0 && text[len] != ' '; len--)
		;
	return len == 0 ? most : len;
}

/* The first line has its beginning already. */
static void __attribute__((format(printf, 1, 0)))
print_wrapped(const char *format, va_list args)
{
	char text[TEXT_MAX];
	const char *at = text;

	vsnprintf(text, sizeof text, format, args);
	make_plain(text);
	while (*at != '\0') {
		size_t len = line_length(at);

		if (at != text)
			printf("%*s", INDENT, "");
		printf("%.*s\n", (int)len, at);
		at += len;
		at += strspn(at, " ");
	}
	fflush(stdout);
}

static void
clear_progress(void)
{
	if (isatty(STDOUT_FILENO))
		printf("\r%*s\r", COLUMNS, "");
}

void
doctor_say(struct doctor *d, enum doctor_mark mark, const char *format, ...)
{
	va_list args;

	clear_progress();
	printf("%s  %-*s", marks[mark], INDENT - 4, d->step);
	va_start(args, format);
	print_wrapped(format, args);
	va_end(args);
	if (mark == DOCTOR_TROUBLE)
		buf_appendf(&d->troubles, "%s%s",
		            d->troubles.len == 0 ? "" : ", ", d->step);
}

void
doctor_add(const char *format, ...)
{
	va_list args;

	printf("%*s", INDENT, "");
	va_start(args, format);
	print_wrapped(format, args);
	va_end(args);
}

void
doctor_progress(const struct doctor *d, const char *format, ...)
{
	va_list args;

	if (!isatty(STDOUT_FILENO))
		return;
	clear_progress();
	printf("..  %-*s", INDENT - 4, d->step);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
}

/* How many bytes above 127 lie around, this one included. */
static size_t
run_length(const uint8_t *bytes, size_t len, size_t at)
{
	size_t first = at, end = at;

	while (first > 0 && bytes[first - 1] > 127)
		first--;
	while (end < len && bytes[end] > 127)
		end++;
	return end - first;
}

void
doctor_mask(const uint8_t *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		bool hidden = bytes[i] > 127
			? run_length(bytes, len, i) >= NAME_RUN
			: isalpha(bytes[i]) != 0;

		if (hidden)
			text_copy(out + 2 * i, 3, "..");
		else
			text_to_hex(out + 2 * i, bytes + i, 1);
	}
	out[2 * len] = '\0';
}
