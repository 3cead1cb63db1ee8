/* log.h: messages of a program to standard error */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG__COUNT };

/*
 * Names the program in front of each line and sets the least important
 * level that is still written; the default is LOG_INFO.  `program` must
 * live as long as the process.
 */
void log_open(const char *program, enum log_level level);

/* The levels as a configuration names them, in order; ends with NULL. */
extern const char *const log_words[LOG__COUNT + 1];

/*
 * Each writes one line, `<N>program: message`, in one write(2), so that lines
 * of several processes never mix; <N> is the syslog priority that systemd
 * reads: there where it says, by JOURNAL_STREAM (systemd.exec(5)), that it
 * does, and standard error is no terminal.  Control characters in the result are
 * written as \xNN, so that no value can forge a line.  At most 2,000 bytes.
 * errno survives the call.  Never hand over a secret or a person's data.
 */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* log_error, then exit(1): for what cannot be gone on from. */
void log_die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif
