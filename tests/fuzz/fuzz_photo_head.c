/* fuzz_photo_head.c: an image file, before any of it is decoded */
#include <assert.h>

#include "gym/photo_head.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct photo_head head, again;
	struct buf bare = BUF_INIT, barer = BUF_INIT;
	char *file = fuzz_text(data, size);

	if (photo_head_read(file, size, &head, &bare) == PHOTO_OK) {
		assert(head.width > 0 && head.width <= PHOTO_SIDE_MAX);
		assert(head.height > 0 && head.height <= PHOTO_SIDE_MAX);
		assert(head.width * head.height <= PHOTO_PIXELS_MAX);
		assert(head.turn >= 1 && head.turn <= 8);
		/* what is left is the same image, and nothing more to drop */
		assert(bare.len <= size);
		assert(photo_head_read(bare.data, bare.len, &again, &barer) ==
		       PHOTO_OK);
		assert(again.width == head.width && again.turn == 1);
		assert(barer.len == bare.len &&
		       memcmp(barer.data, bare.data, bare.len) == 0);
	}
	buf_finish(&bare);
	buf_finish(&barer);
	free(file);
	return 0;
}
