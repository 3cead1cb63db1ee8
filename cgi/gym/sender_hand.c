/* sender_hand.c: messages that a person sends, out of a link */
#include "gym/sender.h"

#include <ctype.h>

/* RFC 3986: what is not unreserved, by its bytes. */
static void
append_encoded(const char *text, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (const char *c = text; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;
		char code[3] = { '%', digits[byte >> 4], digits[byte & 15] };

		if (byte < 0x80 && (isalnum(byte) || byte == '-' ||
		    byte == '.' || byte == '_' || byte == '~'))
			buf_append(out, c, 1);
		else
			buf_append(out, code, sizeof code);
	}
}

/* https://wa.me/919812345678?text=..., which opens WhatsApp wherever it is. */
static void
link_to(const struct sender_message *m, struct buf *url)
{
	buf_append_str(url, "https://wa.me/");
	buf_append_str(url, m->to + (m->to[0] == '+'));
	buf_append_str(url, "?text=");
	append_encoded(m->text, url);
}

const struct sender_type sender_hand = { "HAND", link_to, NULL };
