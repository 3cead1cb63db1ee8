/* photo_head.c: what an image says of itself, before it is decoded */
#include "gym/photo_head.h"

#include <stdint.h>

#include "base/text.h"

#define SCANS_MAX 64		/* a camera makes 1, or some 10 */
#define TURN_TAG 0x0112
#define TYPE_SHORT 3
#define ENTRY_SIZE 12

/* What is left to be read. */
struct cursor {
	const uint8_t *at, *end;
};

static size_t
left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static unsigned
be16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static enum photo_result
set_size(struct photo_head *head, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		return PHOTO_BROKEN;
	if (width > PHOTO_SIDE_MAX || height > PHOTO_SIDE_MAX ||
	    width * height > PHOTO_PIXELS_MAX)
		return PHOTO_TOO_MANY_PIXELS;
	head->width = (int)width;
	head->height = (int)height;
	return PHOTO_OK;
}

/* ---- EXIF: a TIFF file within a segment ---------------------------------- */

struct tiff {
	const uint8_t *data;
	size_t len;
	bool is_little;
};

/* 0 where there is nothing. */
static unsigned
tiff16(const struct tiff *t, size_t at)
{
	if (at > t->len || t->len - at < 2)
		return 0;
	return t->is_little ? (unsigned)(t->data[at] | t->data[at + 1] << 8)
		: be16(t->data + at);
}

static size_t
tiff32(const struct tiff *t, size_t at)
{
	size_t first = tiff16(t, at), second = tiff16(t, at + 2);

	return t->is_little ? second << 16 | first : first << 16 | second;
}

/* How the camera was held, 1 to 8; 1 when it does not say. */
static int
read_turn(const uint8_t *data, size_t len)
{
	struct tiff t;
	size_t at;
	unsigned count, turn;

	if (len < 6 + 8 || memcmp(data, "Exif\0", 6) != 0)
		return 1;
	t = (struct tiff){ data + 6, len - 6, data[6] == 'I' };
	at = tiff32(&t, 4);
	count = tiff16(&t, at);
	for (at += 2; count > 0 && at < t.len; count--, at += ENTRY_SIZE) {
		if (tiff16(&t, at) != TURN_TAG ||
		    tiff16(&t, at + 2) != TYPE_SHORT)
			continue;
		turn = tiff16(&t, at + 8);
		return turn >= 1 && turn <= 8 ? (int)turn : 1;
	}
	return 1;
}

/* ---- JPEG ---------------------------------------------------------------- */

enum segment {
	SEGMENT_UNUSUAL,	/* refused: no camera writes it */
	SEGMENT_KEPT,
	SEGMENT_DROPPED,
	SEGMENT_EXIF,		/* looked at, then dropped */
	SEGMENT_FRAME,		/* has the size */
	SEGMENT_SCAN,		/* the image itself follows it */
};

static const uint8_t segments[256] = {
	[0xc0] = SEGMENT_FRAME,	/* baseline */
	[0xc1] = SEGMENT_FRAME,	/* extended */
	[0xc2] = SEGMENT_FRAME,	/* progressive */
	[0xc4] = SEGMENT_KEPT,	/* Huffman tables */
	[0xda] = SEGMENT_SCAN,
	[0xdb] = SEGMENT_KEPT,	/* quantization tables */
	[0xdd] = SEGMENT_KEPT,	/* restart interval */
	[0xe0] = SEGMENT_KEPT,	/* JFIF: which colours they are */
	[0xe1] = SEGMENT_EXIF,
	[0xe2] = SEGMENT_DROPPED, [0xe3] = SEGMENT_DROPPED,
	[0xe4] = SEGMENT_DROPPED, [0xe5] = SEGMENT_DROPPED,
	[0xe6] = SEGMENT_DROPPED, [0xe7] = SEGMENT_DROPPED,
	[0xe8] = SEGMENT_DROPPED, [0xe9] = SEGMENT_DROPPED,
	[0xea] = SEGMENT_DROPPED, [0xeb] = SEGMENT_DROPPED,
	[0xec] = SEGMENT_DROPPED, [0xed] = SEGMENT_DROPPED,
	[0xee] = SEGMENT_KEPT,	/* Adobe: the same */
	[0xef] = SEGMENT_DROPPED,
	[0xfe] = SEGMENT_DROPPED,	/* comment */
};

#define MARKER_END 0xd9

/* Takes FF and a code; any number of FF may precede. */
static bool
take_marker(struct cursor *c, uint8_t *marker)
{
	const uint8_t *from = c->at;

	while (c->at < c->end && *c->at == 0xff)
		c->at++;
	if (c->at == from || c->at == c->end)
		return false;
	*marker = *c->at++;
	return true;
}

/* To the next marker that is not part of a scan. */
static void
skip_scan(struct cursor *c)
{
	while (c->at < c->end) {
		const uint8_t *ff = memchr(c->at, 0xff, left(c));

		c->at = ff == NULL ? c->end : ff;
		if (left(c) < 2)
			c->at = c->end;
		else if (c->at[1] == 0 || (c->at[1] >= 0xd0 && c->at[1] <= 0xd7))
			c->at += 2;
		else if (c->at[1] == 0xff)
			c->at++;
		else
			return;
	}
}

static enum photo_result
read_frame(const uint8_t *body, size_t len, struct photo_head *head)
{
	if (len < 6 || body[0] != 8 || head->width != 0)
		return PHOTO_BROKEN;
	return set_size(head, be16(body + 3), be16(body + 1));
}

/* One segment with its body; what is kept goes to `bare`. */
static enum photo_result
read_segment(struct cursor *c, uint8_t marker, struct photo_head *head,
             int *scans, struct buf *bare)
{
	enum segment kind = (enum segment)segments[marker];
	size_t len = left(c) < 2 ? 0 : be16(c->at);
	const uint8_t *start = c->at, *body = c->at + 2;
	enum photo_result rc = PHOTO_OK;

	if (kind == SEGMENT_UNUSUAL || len < 2 || len > left(c))
		return PHOTO_BROKEN;
	c->at += len;
	if (kind == SEGMENT_EXIF && head->turn == 1)
		head->turn = read_turn(body, len - 2);
	if (kind == SEGMENT_FRAME)
		rc = read_frame(body, len - 2, head);
	if (kind == SEGMENT_SCAN) {
		skip_scan(c);
		if (head->width == 0 || ++*scans > SCANS_MAX)
			return PHOTO_BROKEN;
	}
	if (kind == SEGMENT_DROPPED || kind == SEGMENT_EXIF || rc != PHOTO_OK)
		return rc;
	buf_append(bare, (uint8_t[]){ 0xff, marker }, 2);
	buf_append(bare, start, (size_t)(c->at - start));
	return PHOTO_OK;
}

static enum photo_result
read_jpeg(struct cursor c, struct photo_head *head, struct buf *bare)
{
	enum photo_result rc;
	uint8_t marker;
	int scans = 0;

	buf_append(bare, c.at, 2);
	c.at += 2;
	while (take_marker(&c, &marker)) {
		if (marker == MARKER_END) {
			buf_append(bare, "\xff\xd9", 2);
			return scans > 0 ? PHOTO_OK : PHOTO_BROKEN;
		}
		rc = read_segment(&c, marker, head, &scans, bare);
		if (rc != PHOTO_OK)
			return rc;
	}
	return PHOTO_BROKEN;
}

/* ---- PNG ----------------------------------------------------------------- */

#define PNG_SIGNATURE "\x89PNG\r\n\x1a\n"
#define CHUNK_AROUND 12		/* length, type, checksum */

static bool
is_chunk(const uint8_t *chunk, const char *type)
{
	return memcmp(chunk + 4, type, 4) == 0;
}

static bool
is_chunk_needed(const uint8_t *chunk)
{
	return is_chunk(chunk, "IHDR") || is_chunk(chunk, "PLTE") ||
		is_chunk(chunk, "tRNS") || is_chunk(chunk, "IDAT") ||
		is_chunk(chunk, "IEND");
}

static enum photo_result
read_png(struct cursor c, struct photo_head *head, struct buf *bare)
{
	enum photo_result rc = PHOTO_BROKEN;

	buf_append(bare, c.at, 8);
	c.at += 8;
	/* the first chunk is IHDR, and as long as this */
	if (left(&c) >= 13 + CHUNK_AROUND && be32(c.at) == 13 &&
	    is_chunk(c.at, "IHDR"))
		rc = set_size(head, be32(c.at + 8), be32(c.at + 12));
	if (rc != PHOTO_OK)
		return rc;
	while (left(&c) >= CHUNK_AROUND &&
	       be32(c.at) <= left(&c) - CHUNK_AROUND) {
		const uint8_t *chunk = c.at;

		c.at += be32(chunk) + CHUNK_AROUND;
		if (is_chunk_needed(chunk))
			buf_append(bare, chunk, (size_t)(c.at - chunk));
		if (is_chunk(chunk, "IEND"))
			return PHOTO_OK;
	}
	return PHOTO_BROKEN;
}

enum photo_result
photo_head_read(const void *data, size_t len, struct photo_head *head,
                struct buf *bare)
{
	struct cursor c = { data, (const uint8_t *)data + len };

	*head = (struct photo_head){ .turn = 1 };
	if (len > PHOTO_BYTES_MAX)
		return PHOTO_TOO_LARGE;
	if (len > 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
		return read_jpeg(c, head, bare);
	head->is_png = len > 8 && memcmp(data, PNG_SIGNATURE, 8) == 0;
	return head->is_png ? read_png(c, head, bare) : PHOTO_NO_IMAGE;
}
