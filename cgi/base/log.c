/* log.c: messages of a program to standard error */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 2000

static const char *log_program = "gymgate";
static enum log_level log_least = LOG_INFO;

const char *const log_words[LOG__COUNT + 1] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

/* Of syslog, as systemd reads them. */
static const int priorities[LOG__COUNT] = {
	[LOG_ERROR] = 3, [LOG_WARN] = 4, [LOG_INFO] = 6, [LOG_DEBUG] = 7,
};

void
log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_least = level;
}

/*
 * How many bytes at `in` form a control character: a terminal that shows a log
 * must not obey it.  U+0080 to U+009F are ones, too: \xc2\x9b is ESC and [.
 */
static size_t
control_length(const char *in)
{
	unsigned char c = (unsigned char)in[0], next = (unsigned char)in[1];

	if (c < 0x20 || c == 0x7f)
		return 1;
	return c == 0xc2 && next >= 0x80 && next <= 0x9f ? 2 : 0;
}

/* Copies `in` to `out`, control characters as \xNN; returns the length. */
static size_t
escape(char *out, size_t size, const char *in)
{
	size_t n = 0;

	while (*in != '\0' && n + 9 < size) {
		size_t controls = control_length(in);

		if (controls == 0)
			out[n++] = *in++;
		for (; controls > 0; controls--)
			n += (size_t)snprintf(out + n, size - n, "\\x%02x",
			                      (unsigned char)*in++);
	}
	out[n++] = '\n';
	return n;
}

/* systemd tells so; a terminal that was opened from there inherits the word. */
static bool
is_journal(void)
{
	return getenv("JOURNAL_STREAM") != NULL && !isatty(STDERR_FILENO);
}

static void __attribute__((format(printf, 2, 0)))
write_line(enum log_level level, const char *format, va_list args)
{
	char message[MESSAGE_MAX], line[MESSAGE_MAX + 100];
	int saved = errno, head;

	if (level > log_least)
		return;
	errno = saved;	/* for %m */
	vsnprintf(message, sizeof message, format, args);
	if (is_journal())
		head = snprintf(line, sizeof line, "<%d>%s: ",
		                priorities[level], log_program);
	else
		head = snprintf(line, sizeof line, "%s: ", log_program);
	if (head > 0 && (size_t)head < sizeof line - 20) {
		size_t len = (size_t)head + escape(line + head,
		                   sizeof line - (size_t)head, message);
		ssize_t done = write(STDERR_FILENO, line, len);

		(void)done;	/* there is nowhere left to complain to */
	}
	errno = saved;
}

#define LOG_FUNCTION(name, level)                    \
	void                                         \
	name(const char *format, ...)                \
	{                                            \
		va_list args;                        \
		va_start(args, format);              \
		write_line(level, format, args);     \
		va_end(args);                        \
	}

LOG_FUNCTION(log_error, LOG_ERROR)
LOG_FUNCTION(log_warn, LOG_WARN)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_debug, LOG_DEBUG)

void
log_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_ERROR, format, args);
	va_end(args);
	exit(1);
}
