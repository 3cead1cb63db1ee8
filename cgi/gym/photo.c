/* photo.c: the only file that knows gd.h: decodes, turns, scales, encodes */
#include "gym/photo.h"

#include <gd.h>
#include <malloc.h>

#include "base/log.h"
#include "base/text.h"

#define QUALITY 82
#define WHITE 0xffffff

/* A file that is broken is not for our log, where it would be said. */
static void
say_nothing(int priority, const char *format, va_list args)
{
	(void)priority;
	(void)format;
	(void)args;
}

static gdImagePtr
create(int width, int height)
{
	gdImagePtr image = gdImageCreateTrueColor(width, height);

	if (image == NULL)
		log_die("out of memory");
	gdImageFilledRectangle(image, 0, 0, width - 1, height - 1, WHITE);
	return image;
}

/*
 * Warnings are not looked at: there are phones that write some bytes too many.
 * That the image is there to its end has been checked.
 */
static gdImagePtr
decode(const struct photo_head *head, const struct buf *bare)
{
	gdImagePtr image = head->is_png
		? gdImageCreateFromPngPtr((int)bare->len, bare->data)
		: gdImageCreateFromJpegPtrEx((int)bare->len, bare->data, 1);

	if (image != NULL && gdImageSX(image) == head->width &&
	    gdImageSY(image) == head->height)
		return image;
	if (image != NULL)
		gdImageDestroy(image);
	return NULL;
}

/* What a side becomes when the longest becomes PHOTO_LARGE_SIDE. */
static int
fit(int side, int longest)
{
	int fitted = longest <= PHOTO_LARGE_SIDE ? side
		: (side * PHOTO_LARGE_SIDE + longest / 2) / longest;

	return fitted > 0 ? fitted : 1;
}

static gdImagePtr
make_large(gdImagePtr whole)
{
	int width = gdImageSX(whole), height = gdImageSY(whole);
	int longest = width > height ? width : height;
	gdImagePtr large = create(fit(width, longest), fit(height, longest));

	gdImageCopyResampled(large, whole, 0, 0, 0, 0, gdImageSX(large),
	                     gdImageSY(large), width, height);
	return large;
}

/*
 * As EXIF counts them: which of the stored image's axes run the other way, and
 * from 5 on, x and y are exchanged.
 */
static gdImagePtr
turn(gdImagePtr from, int how)
{
	bool is_x_back = how == 2 || how == 3 || how == 7 || how == 8;
	bool is_y_back = how == 3 || how == 4 || how == 6 || how == 7;
	bool is_swapped = how >= 5;
	int width = gdImageSX(from), height = gdImageSY(from);
	gdImagePtr to = is_swapped ? create(height, width)
		: create(width, height);

	for (int y = 0; y < height; y++) {
		for (int x = 0; x < width; x++) {
			int tx = is_x_back ? width - 1 - x : x;
			int ty = is_y_back ? height - 1 - y : y;

			gdImageSetPixel(to, is_swapped ? ty : tx,
			                is_swapped ? tx : ty,
			                gdImageTrueColorPixel(from, x, y));
		}
	}
	gdImageDestroy(from);
	return to;
}

/* The square in the middle; of a tall one more of the top: there is the face. */
static gdImagePtr
make_small(gdImagePtr large)
{
	int width = gdImageSX(large), height = gdImageSY(large);
	int side = width < height ? width : height;
	gdImagePtr small = create(PHOTO_SMALL_SIDE, PHOTO_SMALL_SIDE);

	gdImageCopyResampled(small, large, 0, 0, (width - side) / 2,
	                     (height - side) / 4, PHOTO_SMALL_SIDE,
	                     PHOTO_SMALL_SIDE, side, side);
	return small;
}

/* gd names itself in a comment; that goes the way of all metadata. */
static struct photo_file
encode(struct arena *a, gdImagePtr image)
{
	int len = 0;
	void *data = gdImageJpegPtr(image, &len, QUALITY);
	struct photo_head head;
	struct buf bare = BUF_INIT;
	struct photo_file file;

	if (data == NULL || photo_head_read(data, (size_t)len, &head, &bare) !=
	    PHOTO_OK)
		log_die("libgd cannot write a JPEG");
	gdFree(data);
	file = (struct photo_file){ arena_strndup(a, bare.data, bare.len),
		                    bare.len };
	buf_finish(&bare);
	return file;
}

static enum photo_result
make(struct arena *a, const struct photo_head *head, const struct buf *bare,
     struct photo *out)
{
	gdImagePtr whole = decode(head, bare), large, small;

	if (whole == NULL)
		return PHOTO_BROKEN;
	large = make_large(whole);
	gdImageDestroy(whole);
	large = turn(large, head->turn);
	small = make_small(large);
	out->large = encode(a, large);
	out->small = encode(a, small);
	gdImageDestroy(large);
	gdImageDestroy(small);
	return PHOTO_OK;
}

enum photo_result
photo_make(struct arena *a, const void *data, size_t len, struct photo *out)
{
	struct photo_head head;
	struct buf bare = BUF_INIT;
	enum photo_result rc = photo_head_read(data, len, &head, &bare);

	gdSetErrorMethod(say_nothing);
	if (rc == PHOTO_OK)
		rc = make(a, &head, &bare, out);
	buf_finish(&bare);
	malloc_trim(0);		/* a worker is as small as before */
	return rc;
}
