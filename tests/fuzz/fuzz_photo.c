/* fuzz_photo.c: an image file into the two that are kept, by libgd */
#include <assert.h>

#include "gym/photo.h"
#include "tests/fuzz/fuzz.h"

#define SIDE_MAX 200	/* larger ones are as good, and take their time */

/* A JPEG without metadata, which reads as what it should be. */
static struct photo_head
check_file(const struct photo_file *file)
{
	struct photo_head head;
	struct buf bare = BUF_INIT;

	assert(photo_head_read(file->data, file->len, &head, &bare) ==
	       PHOTO_OK);
	assert(!head.is_png && head.turn == 1 && bare.len == file->len);
	buf_finish(&bare);
	return head;
}

static void
check(const struct photo_head *from, const struct photo *photo)
{
	struct photo_head large = check_file(&photo->large);
	struct photo_head small = check_file(&photo->small);
	bool is_turned = from->turn >= 5;

	assert(large.width == (is_turned ? from->height : from->width));
	assert(large.height == (is_turned ? from->width : from->height));
	assert(small.width == PHOTO_SMALL_SIDE &&
	       small.height == PHOTO_SMALL_SIDE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct photo_head head;
	struct buf bare = BUF_INIT;
	enum photo_result rc = photo_head_read(data, size, &head, &bare);
	struct photo photo = { 0 };

	buf_finish(&bare);
	if (rc != PHOTO_OK) {
		assert(photo_make(a, data, size, &photo) == rc);
	} else if (head.width <= SIDE_MAX && head.height <= SIDE_MAX) {
		rc = photo_make(a, data, size, &photo);
		assert(rc == PHOTO_OK || rc == PHOTO_BROKEN);
		if (rc == PHOTO_OK)
			check(&head, &photo);
		else
			assert(photo.large.data == NULL);
	}
	arena_destroy(a);
	return 0;
}
