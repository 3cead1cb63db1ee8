/* csv_decode.c: the bytes of a text file as UTF-8 */
#include "base/csv_decode.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define STEP 4096		/* bytes taken at a time */
#define LONGEST 4		/* bytes of UTF-8 that one byte may become */

static const struct {
	const char *mark;
	size_t len;
	const char *name;
	size_t unit;		/* bytes that are left out where one is wrong */
} marks[] = {
	{ "\xef\xbb\xbf", 3, "UTF-8", 1 },
	{ "\xff\xfe", 2, "UTF-16LE", 2 },
	{ "\xfe\xff", 2, "UTF-16BE", 2 },
};

/* A NUL is another fault than a wrong encoding. */
static bool
is_utf8(const char *data, size_t len)
{
	while (len > 0) {
		const char *nul = memchr(data, '\0', len);
		size_t part = nul == NULL ? len : (size_t)(nul - data);

		if (!text_is_utf8(data, part))
			return false;
		part += nul != NULL;
		data += part;
		len -= part;
	}
	return true;
}

/* How many bytes of one character, or of a NUL, there are at `s`; 0: none. */
static size_t
character_at(const char *s, size_t len)
{
	if (*s == '\0')
		return 1;
	for (size_t n = 1; n <= LONGEST && n <= len; n++) {
		if (text_is_utf8(s, n))
			return n;
	}
	return 0;
}

/* What says that it is UTF-8, and is not all of it; iconv takes some of that. */
static void
mend(const char *s, size_t len, struct buf *out)
{
	while (len > 0) {
		size_t n = character_at(s, len);

		if (n == 0)
			buf_append_str(out, CSV_LOST_CHARACTER);
		else
			buf_append(out, s, n);
		n += n == 0;
		s += n;
		len -= n;
	}
}

static void
convert(iconv_t cd, char *data, size_t len, size_t unit, struct buf *out)
{
	while (len > 0) {
		size_t step = len < STEP ? len : STEP, left = step;
		size_t room = STEP * LONGEST;
		char *to = buf_reserve(out, room), *from = data;
		bool is_wrong = iconv(cd, &from, &left, &to, &room) ==
			(size_t)-1;

		out->len += STEP * LONGEST - room;
		len -= step - left;
		data += step - left;
		if (!is_wrong || (errno == EINVAL && step < len))
			continue;	/* cut in the middle of a character */
		buf_append_str(out, CSV_LOST_CHARACTER);
		unit = unit < len ? unit : len;
		data += unit;
		len -= unit;
	}
}

const char *
csv_decode(const void *data, size_t len, struct buf *out)
{
	const char *name = "WINDOWS-1252";
	char *from = (char *)(uintptr_t)data;	/* iconv only reads it */
	size_t unit = 1;
	iconv_t cd;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (len < marks[i].len ||
		    memcmp(data, marks[i].mark, marks[i].len) != 0)
			continue;
		name = marks[i].name;
		unit = marks[i].unit;
		from += marks[i].len;
		len -= marks[i].len;
		break;
	}
	if (*name == 'W' && is_utf8(from, len))
		name = "UTF-8";
	if (strcmp(name, "UTF-8") == 0) {
		mend(from, len, out);
		return name;
	}
	cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		log_die("iconv knows no %s: %m", name);
	convert(cd, from, len, unit, out);
	iconv_close(cd);
	return name;
}
