/* test_photo.c: images as phones send them, and as nobody should */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <gd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gym/photo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define RED 0xff0000
#define GREEN 0x00ff00
#define BLUE 0x0000ff
#define YELLOW 0xffff00

static struct arena *arena;
static struct buf file;		/* what is sent */
static struct photo photo;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	buf_finish(&file);
	return 0;
}

/* ---- making files -------------------------------------------------------- */

/* Each quarter a colour: red and green above, blue and yellow below. */
static gdImagePtr
paint(int width, int height)
{
	gdImagePtr image = gdImageCreateTrueColor(width, height);
	int x = width / 2, y = height / 2;

	gdImageFilledRectangle(image, 0, 0, x - 1, y - 1, RED);
	gdImageFilledRectangle(image, x, 0, width - 1, y - 1, GREEN);
	gdImageFilledRectangle(image, 0, y, x - 1, height - 1, BLUE);
	gdImageFilledRectangle(image, x, y, width - 1, height - 1, YELLOW);
	return image;
}

static void
store(gdImagePtr image, void *data, int len)
{
	assert_non_null(data);
	buf_reset(&file);
	buf_append(&file, data, (size_t)len);
	gdFree(data);
	gdImageDestroy(image);
}

static void
store_jpeg(gdImagePtr image)
{
	int len;
	void *data = gdImageJpegPtr(image, &len, 90);

	store(image, data, len);
}

static void
store_png(gdImagePtr image)
{
	int len;
	void *data = gdImagePngPtr(image, &len);

	store(image, data, len);
}

/* Puts bytes in at a place of the file. */
static void
insert(size_t at, const void *data, size_t len)
{
	char *rest = arena_strndup(arena, file.data + at, file.len - at);
	size_t rest_len = file.len - at;

	file.len = at;
	buf_append(&file, data, len);
	buf_append(&file, rest, rest_len);
}

/* A segment right behind the begin of a JPEG. */
static void
insert_segment(int marker, const char *data, size_t len)
{
	insert(2, data, len);
	insert(2, (uint8_t[]){ 0xff, (uint8_t)marker,
	          (uint8_t)((len + 2) >> 8), (uint8_t)(len + 2) }, 4);
}

/* A chunk right behind the IHDR of a PNG; its checksum is not looked at. */
static void
insert_chunk(const char *type, const char *data, size_t len)
{
	insert(33, "sum.", 4);
	insert(33, data, len);
	insert(33, type, 4);
	insert(33, (uint8_t[]){ 0, 0, (uint8_t)(len >> 8), (uint8_t)len }, 4);
}

/* EXIF with an orientation and a place on earth, in either order of bytes. */
static void
insert_exif(int turn, bool is_little)
{
	static const char little[] =
		"Exif\0\0II*\0\x08\0\0\0" "\x02\0"
		"\x12\x01\x03\0\x01\0\0\0T\0\0\0"
		"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0" "\0\0\0\0" "SECRET";
	static const char big[] =
		"Exif\0\0MM\0*\0\0\0\x08" "\0\x02"
		"\x01\x12\0\x03\0\0\0\x01\0T\0\0"
		"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26" "\0\0\0\0" "SECRET";
	char data[sizeof little];

	memcpy(data, is_little ? little : big, sizeof data);
	*(char *)memchr(data, 'T', sizeof data) = (char)turn;
	insert_segment(0xe1, data, sizeof data - 1);
}

/* ---- looking at what became of them -------------------------------------- */

static enum photo_result
make(void)
{
	/* of its exact size, so that a sanitizer sees a step too far */
	char *exact = malloc(file.len + !file.len);
	enum photo_result rc;

	if (file.len > 0)
		memcpy(exact, file.data, file.len);
	rc = photo_make(arena, exact, file.len, &photo);
	free(exact);
	return rc;
}

static gdImagePtr
read_back(const struct photo_file *f)
{
	gdImagePtr image = gdImageCreateFromJpegPtrEx(
		(int)f->len, (void *)(uintptr_t)f->data, 0);

	assert_non_null(image);
	return image;
}

static char
colour_at(gdImagePtr image, int x, int y)
{
	int c = gdImageGetTrueColorPixel(image, x, y);
	bool r = gdTrueColorGetRed(c) > 127, g = gdTrueColorGetGreen(c) > 127,
	     b = gdTrueColorGetBlue(c) > 127;

	return r && g && b ? 'W' : r && g ? 'Y' : r ? 'R' : g ? 'G'
		: b ? 'B' : '0';
}

/* The size and the four quarters of an image: "640x320 RGBY". */
static const char *
describe(const struct photo_file *f)
{
	gdImagePtr image = read_back(f);
	int w = gdImageSX(image), h = gdImageSY(image);
	const char *text = arena_printf(arena, "%dx%d %c%c%c%c", w, h,
		colour_at(image, w / 4, h / 4),
		colour_at(image, w * 3 / 4, h / 4),
		colour_at(image, w / 4, h * 3 / 4),
		colour_at(image, w * 3 / 4, h * 3 / 4));

	gdImageDestroy(image);
	return text;
}

static bool
holds(const struct photo_file *f, const char *what, size_t len)
{
	return memmem(f->data, f->len, what, len) != NULL;
}

/* Nothing in it but what draws it. */
static void
expect_bare(const struct photo_file *f)
{
	struct photo_head head;
	struct buf bare = BUF_INIT;

	assert_int_equal(photo_head_read(f->data, f->len, &head, &bare),
	                 PHOTO_OK);
	assert_int_equal(bare.len, f->len);
	assert_memory_equal(bare.data, f->data, f->len);
	buf_finish(&bare);
	assert_false(holds(f, "SECRET", 6));
	assert_false(holds(f, "Exif", 4));
	assert_false(holds(f, "gd-jpeg", 7));
	assert_false(holds(f, "<script", 7));
}

/* ---- what works ---------------------------------------------------------- */

static void
photos_are_made_smaller(void **state)
{
	static const struct {
		int width, height;
		const char *large;
	} cases[] = {
		{ 4000, 3000, "640x480 RGBY" },
		{ 3024, 4032, "480x640 RGBY" },	/* a phone's 12 MP is more */
		{ 4096, 3072, "640x480 RGBY" },
		{ 8000, 1500, "640x120 RGBY" },
		{ 640, 640, "640x640 RGBY" },
		{ 641, 300, "640x300 RGBY" },
		{ 200, 100, "200x100 RGBY" },	/* never larger */
		{ 8, 2, "8x2 RGBY" },
		{ 4000, 2, "640x1 RGRG" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		store_jpeg(paint(cases[i].width, cases[i].height));
		assert_int_equal(make(), PHOTO_OK);
		if (i < COUNT(cases) - 2)
			assert_string_equal(describe(&photo.large),
			                    cases[i].large);
		else
			assert_memory_equal(describe(&photo.large),
			                    cases[i].large, 3);
		if (i < 3)
			assert_string_equal(describe(&photo.small),
			                    "96x96 RGBY");
		assert_true(photo.small.len < 65535);
		expect_bare(&photo.large);
		expect_bare(&photo.small);
	}
}

/* Where the stored red, green, blue and yellow are seen, by EXIF's words. */
static void
photos_are_turned_as_the_camera_says(void **state)
{
	static const char *const expected[] = {
		[1] = "640x320 RGBY",	/* row 0 is the top, column 0 left */
		[2] = "640x320 GRYB",	/* top, right */
		[3] = "640x320 YBGR",	/* bottom, right */
		[4] = "640x320 BYRG",	/* bottom, left */
		[5] = "320x640 RBGY",	/* left, top */
		[6] = "320x640 BRYG",	/* right, top */
		[7] = "320x640 YGBR",	/* right, bottom */
		[8] = "320x640 GYRB",	/* left, bottom */
	};

	(void)state;
	for (int turn = 0; turn <= 9; turn++) {
		const char *as = expected[turn >= 1 && turn <= 8 ? turn : 1];

		for (int is_little = 0; is_little < 2; is_little++) {
			store_jpeg(paint(800, 400));
			insert_exif(turn, is_little);
			assert_int_equal(make(), PHOTO_OK);
			assert_string_equal(describe(&photo.large), as);
			assert_string_equal(describe(&photo.small) + 6,
			                    as + 8);
			expect_bare(&photo.large);
			expect_bare(&photo.small);
		}
	}
}

static void
nothing_but_the_picture_stays(void **state)
{
	static const char html[] = "<script>alert(1)</script>SECRET PK\3\4";

	(void)state;
	store_jpeg(paint(300, 200));
	insert_segment(0xfe, "a comment: SECRET", 17);
	insert_segment(0xe1, "http://ns.adobe.com/xap/1.0/\0SECRET", 35);
	insert_segment(0xe2, "ICC_PROFILE\0SECRET", 18);
	insert_segment(0xed, html, sizeof html - 1);
	insert_exif(1, true);
	buf_append(&file, html, sizeof html - 1);	/* behind its end */
	assert_int_equal(make(), PHOTO_OK);
	assert_string_equal(describe(&photo.large), "300x200 RGBY");
	expect_bare(&photo.large);
	expect_bare(&photo.small);
	assert_memory_equal(photo.large.data, "\xff\xd8\xff", 3);
}

static void
a_png_becomes_a_jpeg_on_white(void **state)
{
	gdImagePtr image = gdImageCreateTrueColor(200, 100);
	struct photo_head head;
	struct buf bare = BUF_INIT;

	(void)state;
	gdImageSaveAlpha(image, 1);
	gdImageAlphaBlending(image, 0);
	gdImageFilledRectangle(image, 0, 0, 199, 99,
	                       gdTrueColorAlpha(0, 0, 0, 127));
	gdImageFilledRectangle(image, 100, 0, 199, 99, RED);
	store_png(image);
	insert_chunk("tEXt", "Comment\0SECRET", 14);
	insert_chunk("zTXt", "Comment\0\0SECRET", 15);
	insert_chunk("eXIf", "MMSECRET", 8);
	buf_append_str(&file, "<script>SECRET");
	assert_int_equal(photo_head_read(file.data, file.len, &head, &bare),
	                 PHOTO_OK);
	assert_null(memmem(bare.data, bare.len, "SECRET", 6));
	buf_finish(&bare);
	assert_int_equal(make(), PHOTO_OK);
	assert_string_equal(describe(&photo.large), "200x100 WRWR");
	expect_bare(&photo.large);

	image = gdImageCreate(64, 64);	/* with a palette */
	gdImageColorAllocate(image, 0, 0, 255);
	store_png(image);
	assert_int_equal(make(), PHOTO_OK);
	assert_string_equal(describe(&photo.large), "64x64 BBBB");
}

static void
a_progressive_one_is_one(void **state)
{
	gdImagePtr image = paint(600, 400);

	(void)state;
	gdImageInterlace(image, 1);
	store_jpeg(image);
	assert_int_equal(make(), PHOTO_OK);
	assert_string_equal(describe(&photo.large), "600x400 RGBY");
	expect_bare(&photo.large);
}

/* ---- what is refused ----------------------------------------------------- */

static void
what_is_no_image_is_told(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		enum photo_result rc;
	} cases[] = {
		{ "", 0, PHOTO_NO_IMAGE },
		{ "\xff\xd8", 2, PHOTO_NO_IMAGE },
		{ "\xff\xd8\xff", 3, PHOTO_NO_IMAGE },
		{ "\xff\xd8\xff\xd9", 4, PHOTO_BROKEN },
		{ "\xff\xd8\xff\xff\xff\xff", 6, PHOTO_BROKEN },
		{ "\xff\xd8\xff\xda\0\2\xff\xd9", 8, PHOTO_BROKEN },
		{ "\x89PNG\r\n\x1a\n", 8, PHOTO_NO_IMAGE },
		{ "\x89PNG\r\n\x1a\n\0", 9, PHOTO_BROKEN },
		{ "\x89PNG\n\x1a\n\0\0\0\rIHDR", 16, PHOTO_NO_IMAGE },
		{ "GIF89a\1\0\1\0\0\0;", 13, PHOTO_NO_IMAGE },
		{ "RIFF\0\0\0\0WEBPVP8 ", 16, PHOTO_NO_IMAGE },
		{ "\0\0\0\x18" "ftypheic\0\0\0\0", 16, PHOTO_NO_IMAGE },
		{ "BM\0\0\0\0\0\0", 8, PHOTO_NO_IMAGE },
		{ "%PDF-1.7\n%\xff\xd8\xff", 13, PHOTO_NO_IMAGE },
		{ "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 41,
		  PHOTO_NO_IMAGE },
		{ "<!DOCTYPE html><script>1</script>", 33, PHOTO_NO_IMAGE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum photo_result rc;

		buf_reset(&file);
		buf_append(&file, cases[i].data, cases[i].len);
		rc = make();
		if (rc != cases[i].rc)
			fail_msg("case %zu is %d", i, (int)rc);
	}
	/* a photo behind something else is no photo */
	store_jpeg(paint(10, 10));
	insert(0, "<html>", 6);
	assert_int_equal(make(), PHOTO_NO_IMAGE);
}

static void
set32(size_t at, unsigned value)
{
	for (int i = 0; i < 4; i++)
		file.data[at + (size_t)i] = (char)(value >> (24 - 8 * i));
}

/* Where the height of a JPEG stands; its width follows. */
static size_t
find_frame(void)
{
	char *frame = memmem(file.data, file.len, "\xff\xc0", 2);

	assert_non_null(frame);
	return (size_t)(frame - file.data) + 5;
}

/* Before anything is decoded: these would not fit into memory. */
static void
too_many_pixels_are_refused_before_decoding(void **state)
{
	static const struct {
		unsigned width, height;
		enum photo_result rc;
	} cases[] = {
		{ 30000, 30000, PHOTO_TOO_MANY_PIXELS },
		{ 8001, 1, PHOTO_TOO_MANY_PIXELS },
		{ 1, 8001, PHOTO_TOO_MANY_PIXELS },
		{ 4096, 3073, PHOTO_TOO_MANY_PIXELS },
		{ 65535, 65535, PHOTO_TOO_MANY_PIXELS },
		{ 0, 100, PHOTO_BROKEN },
		{ 100, 0, PHOTO_BROKEN },
	};
	struct photo_head head;
	struct buf bare = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		store_png(paint(20, 10));
		set32(16, cases[i].width);
		set32(20, cases[i].height);
		assert_int_equal(make(), cases[i].rc);
		store_jpeg(paint(20, 10));
		set32(find_frame(), cases[i].height << 16 | cases[i].width);
		assert_int_equal(make(), cases[i].rc);
	}
	store_png(paint(20, 10));
	set32(16, 0xffffffff);
	set32(20, 0xffffffff);
	assert_int_equal(photo_head_read(file.data, file.len, &head, &bare),
	                 PHOTO_TOO_MANY_PIXELS);
	assert_true(bare.len <= 8);
	buf_finish(&bare);
}

static void
too_many_bytes_are_refused(void **state)
{
	(void)state;
	store_jpeg(paint(20, 10));
	buf_reserve(&file, PHOTO_BYTES_MAX);
	memset(file.data + file.len, 0, PHOTO_BYTES_MAX);
	file.len = PHOTO_BYTES_MAX;
	assert_int_equal(make(), PHOTO_OK);
	file.len++;
	assert_int_equal(make(), PHOTO_TOO_LARGE);
}

/* A few bytes each, and every one goes through the whole image. */
static void
too_many_scans_are_refused(void **state)
{
	static const char scan[] = "\xff\xda\0\x08\1\1\0\0\x3f\0x";

	(void)state;
	store_jpeg(paint(20, 10));
	for (int i = 0; i < 63; i++)
		insert(file.len - 2, scan, sizeof scan - 1);
	make();			/* whatever it is, it comes to an end */
	insert(file.len - 2, scan, sizeof scan - 1);
	assert_int_equal(make(), PHOTO_BROKEN);
}

static void
what_is_cut_off_is_broken(void **state)
{
	(void)state;
	for (int is_png = 0; is_png < 2; is_png++) {
		size_t whole;

		if (is_png)
			store_png(paint(40, 30));
		else
			store_jpeg(paint(40, 30));
		whole = file.len;
		for (file.len = 0; file.len < whole; file.len++)
			assert_int_not_equal(make(), PHOTO_OK);
		assert_int_equal(make(), PHOTO_OK);
	}
}

/* Nothing is read that is not there, whatever the file says. */
static void
what_is_damaged_does_no_harm(void **state)
{
	unsigned random = 1;

	(void)state;
	for (int i = 0; i < 600; i++) {
		if (i % 2)
			store_png(paint(40, 30));
		else
			store_jpeg(paint(40, 30));
		if (i % 4 == 0)
			insert_exif(6, true);
		for (int k = 0; k < 1 + i % 5; k++) {
			random = random * 1103515245 + 12345;
			file.data[(random >> 8) % file.len] =
				(char)(random >> 3);
		}
		if (make() == PHOTO_OK)
			expect_bare(&photo.large);
		arena_reset(arena);
	}
}

/* An EXIF whose list says it is endless, or elsewhere. */
static void
exif_that_lies_does_no_harm(void **state)
{
	static const char *const lists[] = {
		"\x08\0\0\0\xff\xff", "\xff\xff\xff\xff\1\0", "\0\0\0\0\1\0",
		"\x07\0\0\0\xff\xff", "\x0e\0\0\0\1\0",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		char exif[6 + 4 + 6] = "Exif\0\0II*\0";

		memcpy(exif + 10, lists[i], 6);
		store_jpeg(paint(20, 10));
		insert_segment(0xe1, exif, sizeof exif);
		assert_int_equal(make(), PHOTO_OK);
		assert_string_equal(describe(&photo.large), "20x10 RGBY");
	}
}

/* ---- what it costs ------------------------------------------------------- */

/* In kB, of this process. */
static long
private_memory(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	char line[200];
	long kb = 0, n;

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "Private_Dirty: %ld", &n) == 1)
			kb += n;
	}
	fclose(f);
	return kb;
}

static void
the_memory_is_given_back(void **state)
{
	gdImagePtr image = paint(4032, 3024);
	long before, after;
	int64_t began, took;

	(void)state;
	gdImageInterlace(image, 1);	/* takes the most */
	store_jpeg(image);
	make();
	before = private_memory();
	began = clock_mono_ms();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(make(), PHOTO_OK);
		arena_reset(arena);
	}
	took = (clock_mono_ms() - began) / 3;
	after = private_memory();
	printf("# 12 MP: %d ms; %ld kB before, %ld kB after\n", (int)took,
	       before, after);
#ifndef __SANITIZE_ADDRESS__
	assert_true(after < before + 1024);
	assert_true(before < 32 * 1024);
#endif
	assert_true(took < 10000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(photos_are_made_smaller),
		TEST(photos_are_turned_as_the_camera_says),
		TEST(nothing_but_the_picture_stays),
		TEST(a_png_becomes_a_jpeg_on_white),
		TEST(a_progressive_one_is_one),
		TEST(what_is_no_image_is_told),
		TEST(too_many_pixels_are_refused_before_decoding),
		TEST(too_many_bytes_are_refused),
		TEST(too_many_scans_are_refused),
		TEST(what_is_cut_off_is_broken),
		TEST(what_is_damaged_does_no_harm),
		TEST(exif_that_lies_does_no_harm),
		TEST(the_memory_is_given_back),
	};

	return cmocka_run_group_tests_name("photo", tests, NULL, NULL);
}
