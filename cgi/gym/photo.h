/* photo.h: a photo as it came from a phone into the two that are kept */
#ifndef PHOTO_H
#define PHOTO_H

#include "base/arena.h"
#include "gym/photo_head.h"

#define PHOTO_LARGE_SIDE 640	/* px at most, in its own proportions */
#define PHOTO_SMALL_SIDE 96	/* px, square */

/* A JPEG of ours, without any metadata; in the arena. */
struct photo_file {
	const void *data;
	size_t len;
};

struct photo {
	struct photo_file large, small;
};

/*
 * Checks the file, decodes it, turns it as the camera says, and makes both
 * sizes of it.  What is transparent becomes white.  One of 12 MP takes half a
 * second, and 100 MB that are given back before it returns.  Nothing is
 * logged: it is for whoever sent the file to hear.
 */
enum photo_result photo_make(struct arena *a, const void *data, size_t len,
                             struct photo *out);

#endif
