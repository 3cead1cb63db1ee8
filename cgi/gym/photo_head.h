/* photo_head.h: what an image says of itself, before it is decoded */
#ifndef PHOTO_HEAD_H
#define PHOTO_HEAD_H

#include <stdbool.h>

#include "base/buf.h"

#define PHOTO_BYTES_MAX (10 * 1024 * 1024)
#define PHOTO_SIDE_MAX 8000
#define PHOTO_PIXELS_MAX (4096 * 3072)	/* the most that is sold as 12 MP */

enum photo_result {
	PHOTO_OK,
	PHOTO_NO_IMAGE,		/* neither JPEG nor PNG */
	PHOTO_TOO_LARGE,	/* in bytes */
	PHOTO_TOO_MANY_PIXELS,
	PHOTO_BROKEN,		/* one of them, but not whole or not usual */
	PHOTO__COUNT
};

struct photo_head {
	bool is_png;
	int width, height;	/* as stored: before it is turned */
	int turn;		/* 1 to 8: Orientation of EXIF; 1: none */
};

/*
 * Walks through the parts of a file without decoding any, and appends those
 * that a decoder needs to `bare`: no EXIF, no comments or profiles, nothing
 * behind the image.  A file whose decoding could take much more memory or time
 * than a photo of 12 MP is refused here.  Pure.
 */
enum photo_result photo_head_read(const void *data, size_t len,
                                  struct photo_head *head, struct buf *bare);

#endif
