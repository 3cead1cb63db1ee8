/* text.c: bounded copies, strict numbers, encodings */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

bool
text_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size) {
		if (size > 0)
			to[0] = '\0';
		return false;
	}
	memcpy(to, from, len + 1);
	return true;
}

bool
text_to_int(const char *s, int64_t least, int64_t most, int64_t *out)
{
	const char *digits = *s == '-' ? s + 1 : s;
	char *end;
	long long value;

	if (!isdigit((unsigned char)*digits) ||
	    (*digits == '0' && (digits[1] != '\0' || digits != s)))
		return false;
	errno = 0;
	value = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || value < least || value > most)
		return false;
	*out = value;
	return true;
}

/* Length of the sequence that begins with `c`, 0 for none. */
static size_t
utf8_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if ((c & 0xf0) == 0xe0)
		return 3;
	if (c >= 0xf0 && c <= 0xf4)
		return 4;
	return 0;
}

/* Overlong forms, surrogates and beyond U+10FFFF show in the second byte. */
static bool
utf8_second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

bool
text_is_utf8(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	const unsigned char *end = p + len;

	while (p < end) {
		size_t n = utf8_length(*p);

		if (*p == '\0' || n == 0 || n > (size_t)(end - p))
			return false;
		for (size_t i = 1; i < n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return false;
		}
		if (n > 1 && !utf8_second_fits(p[0], p[1]))
			return false;
		p += n;
	}
	return true;
}

bool
text_is_word(const char *s, size_t most, const char *also)
{
	size_t len = 0;

	for (; s[len] != '\0'; len++) {
		unsigned char c = (unsigned char)s[len];

		if (len >= most || c >= 0x80 ||
		    (!isalnum(c) && strchr(also, c) == NULL))
			return false;
	}
	return len > 0;
}

void
text_to_hex(char *to, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++) {
		to[2 * i] = digits[p[i] >> 4];
		to[2 * i + 1] = digits[p[i] & 15];
	}
	to[2 * len] = '\0';
}

bool
text_same_secret(const char *a, const char *b)
{
	size_t len = strlen(a);
	unsigned char differ = 0;

	if (len != strlen(b))
		return false;
	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

const char *
text_after(const char *s, const char *head)
{
	size_t len = strlen(head);

	return strncmp(s, head, len) == 0 ? s + len : NULL;
}

char *
text_read_file(const char *path, size_t most, size_t *len)
{
	struct buf all = BUF_INIT;
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	ssize_t n;

	if (fd < 0)
		return NULL;
	while ((n = read(fd, buf_reserve(&all, 4096), 4096)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0 && all.len + (size_t)n > most) {
			errno = EFBIG;
			n = -1;
		}
		if (n < 0)
			break;
		all.len += (size_t)n;
	}
	saved = errno;
	close(fd);
	if (n < 0) {
		buf_finish(&all);
		errno = saved;
		return NULL;
	}
	if (len != NULL)
		*len = all.len;
	return buf_steal(&all);
}
