/* mail.c: a message to one person, by a mail server or as a file */
#include "base/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fetch.h"
#include "base/text.h"

#define ADDRESS_MAX 254
#define ID_MAX 64
#define WORD_BYTES 39		/* of a header, in one encoded word */
#define LINE_BYTES 57		/* of the text: 76 characters (RFC 2045) */

bool
mail_is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	for (const char *c = text; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || strchr("<>(),;:\\\"[]", *c) != NULL)
			return false;
	}
	return at != NULL && at != text && at[1] != '\0' &&
		strchr(text, '@') == at && strlen(text) <= ADDRESS_MAX;
}

/* ---- the message --------------------------------------------------------- */

/* RFC 4648 */
static void
append_base64(struct buf *out, const char *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *d = (const unsigned char *)data;

	for (size_t i = 0; i < len; i += 3) {
		unsigned bits = (unsigned)d[i] << 16 |
			(i + 1 < len ? (unsigned)d[i + 1] << 8 : 0) |
			(i + 2 < len ? d[i + 2] : 0u);
		char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63],
			         digits[bits >> 6 & 63], digits[bits & 63] };

		if (i + 1 >= len)
			four[2] = '=';
		if (i + 2 >= len)
			four[3] = '=';
		buf_append(out, four, sizeof four);
	}
}

/* How much of `text` fits into `most` bytes without tearing a character. */
static size_t
whole_characters(const char *text, size_t most)
{
	size_t len = strnlen(text, most + 1);

	if (len <= most)
		return len;
	for (len = most; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;)
		len--;
	return len == 0 ? most : len;
}

/* As encoded words (RFC 2047): any characters, on no line but ours. */
static void
append_subject(struct buf *out, const char *text)
{
	struct buf line = BUF_INIT;

	buf_append_str(&line, text);
	for (char *c = line.data; *c != '\0'; c++)
		*c = (unsigned char)*c < ' ' ? ' ' : *c;
	buf_append_str(out, "Subject:");
	for (size_t at = 0; at < line.len;) {
		size_t len = whole_characters(line.data + at, WORD_BYTES);

		buf_append_str(out, at == 0 ? " =?UTF-8?B?"
		               : "\r\n =?UTF-8?B?");
		append_base64(out, line.data + at, len);
		buf_append_str(out, "?=");
		at += len;
	}
	buf_append_str(out, "\r\n");
	buf_finish(&line);
}

static void
append_date(struct buf *out, int64_t at)
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t seconds = at / 1000;
	struct clock_date d = clock_split(seconds);

	buf_appendf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n",
	            days + clock_day(seconds) % 7 * 3, d.day,
	            months + (d.month - 1) * 3, d.year, d.hour, d.minute,
	            d.second);
}

/* The text with CR LF, as base64 in lines. */
static void
append_text(struct buf *out, const char *text)
{
	struct buf lines = BUF_INIT;

	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\n')
			buf_append(&lines, "\r", 1);
		if (*c != '\r')
			buf_append(&lines, c, 1);
	}
	for (size_t at = 0; at < lines.len; at += LINE_BYTES) {
		size_t left = lines.len - at;

		append_base64(out, lines.data + at,
		              left < LINE_BYTES ? left : LINE_BYTES);
		buf_append_str(out, "\r\n");
	}
	buf_finish(&lines);
}

void
mail_format(const struct mail *mail, const char *from, int64_t at,
            struct buf *out)
{
	append_date(out, at);
	buf_appendf(out, "From: Gymgate <%s>\r\nTo: <%s>\r\n", from, mail->to);
	append_subject(out, mail->subject);
	buf_appendf(out, "Message-ID: <%s@%s>\r\n", mail->id,
	            strrchr(from, '@') + 1);
	buf_append_str(out, "Auto-Submitted: auto-generated\r\n"
	               "MIME-Version: 1.0\r\n"
	               "Content-Type: text/plain; charset=UTF-8\r\n"
	               "Content-Transfer-Encoding: base64\r\n\r\n");
	append_text(out, mail->text);
}

/* ---- as a file ----------------------------------------------------------- */

static bool
write_whole(const char *path, const struct buf *message)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool fine = fd >= 0 && write(fd, message->data, message->len) ==
		(ssize_t)message->len && fsync(fd) == 0;

	return fd >= 0 && close(fd) == 0 && fine;
}

static bool
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool fine = fd >= 0 && fsync(fd) == 0;

	return fd >= 0 && close(fd) == 0 && fine;
}

/* Whole or not at all, whatever happens in the middle. */
static enum mail_result
keep_file(const char *folder, const char *id, const struct buf *message,
          char why[MAIL_WHY_SIZE])
{
	struct buf path = BUF_INIT, half = BUF_INIT;
	bool fine;

	buf_appendf(&path, "%s/%s.eml", folder, id);
	buf_appendf(&half, "%s.%ld.new", path.data, (long)getpid());
	fine = write_whole(half.data, message) &&
		rename(half.data, path.data) == 0 && sync_folder(folder);
	snprintf(why, MAIL_WHY_SIZE, "%s%s%s", path.data, fine ? "" : ": ",
	         fine ? "" : strerror(errno));
	if (!fine)
		unlink(half.data);
	buf_finish(&path);
	buf_finish(&half);
	return fine ? MAIL_SENT : MAIL_LATER;
}

/* ---- by a server --------------------------------------------------------- */

/* What is wrong with the address stays so; all else is for us to mend. */
static enum mail_result
post(const struct mail_options *o, const struct mail *mail,
     const struct buf *message, char why[MAIL_WHY_SIZE])
{
	struct fetch_letter letter = {
		.url = o->url, .user = o->user, .password = o->password,
		.ca_file = *o->ca_file == '\0' ? NULL : o->ca_file,
		.tls = o->tls, .from = o->from, .to = mail->to,
		.text = message->data, .len = message->len,
		.timeout_ms = MAIL_TIMEOUT_MS,
	};
	struct fetch_answer answer = FETCH_ANSWER_INIT;
	struct fetch *f = fetch_create();
	enum fetch_outcome outcome = fetch_mail(f, &letter, &answer);

	text_copy(why, MAIL_WHY_SIZE, answer.words);
	fetch_answer_finish(&answer);
	fetch_destroy(f);
	return outcome == FETCH_ANSWERED ? MAIL_SENT :
		outcome == FETCH_NO_ADDRESS ? MAIL_REFUSED : MAIL_LATER;
}

enum mail_result
mail_send(const struct mail_options *options, const struct mail *mail,
          char why[MAIL_WHY_SIZE])
{
	struct buf message = BUF_INIT;
	enum mail_result result;

	why[0] = '\0';
	if (!mail_is_address(mail->to) ||
	    !text_is_word(mail->id, ID_MAX, ".-")) {
		text_copy(why, MAIL_WHY_SIZE, "not an e-mail address");
		return MAIL_REFUSED;
	}
	if (!mail_is_address(options->from)) {
		text_copy(why, MAIL_WHY_SIZE, "[mail] from is not an address");
		return MAIL_LATER;
	}
	mail_format(mail, options->from, clock_now_ms(), &message);
	result = *options->url == '\0'
		? keep_file(options->folder, mail->id, &message, why)
		: post(options, mail, &message, why);
	buf_finish(&message);
	return result;
}
