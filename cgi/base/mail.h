/* mail.h: a message to one person, by a mail server or as a file */
#ifndef MAIL_H
#define MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* How mail leaves this machine; the strings must outlive their use. */
struct mail_options {
	const char *url;	/* "smtp://mail.example:587" or smtps; "" for
				   files in `folder` */
	const char *user, *password;	/* "" for none */
	const char *from;	/* address of the sender */
	const char *ca_file;	/* trusted certificates; "": the system's */
	const char *folder;
	bool tls;		/* smtp must go on with STARTTLS */
};

struct mail {
	const char *to;		/* an address */
	const char *subject;	/* UTF-8, one line */
	const char *text;	/* UTF-8, lines end with LF */
	/*
	 * Names the message, 1 to 64 of A-Z a-z 0-9 . and -: the same again is
	 * the same file, and to a mail program the same message.
	 */
	const char *id;
};

enum mail_result {
	MAIL_SENT,	/* the server, or the disk, has it */
	MAIL_LATER,	/* not yet: try again, or mend the configuration */
	MAIL_REFUSED,	/* never: no such address, or none at all */
};

/*
 * Sends a message, within MAIL_TIMEOUT_MS.  `why` gets one line for people,
 * without secrets: what is wrong, or where a file went.
 */
#define MAIL_TIMEOUT_MS 20000
#define MAIL_WHY_SIZE 320
enum mail_result mail_send(const struct mail_options *options,
                           const struct mail *mail,
                           char why[MAIL_WHY_SIZE]);

/* "name@host" of printable ASCII, at most 254 long (RFC 5321)? */
bool mail_is_address(const char *text);

/*
 * Appends the message as it travels (RFC 5322, MIME), lines with CR LF; `at`
 * is its Date.  Both addresses must be such.
 */
void mail_format(const struct mail *mail, const char *from, int64_t at,
                 struct buf *out);

#endif
