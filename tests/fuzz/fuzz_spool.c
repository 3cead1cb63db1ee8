/* fuzz_spool.c: a spool's file that a disk has damaged, opened and mended */
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "spool.h"
#include "tests/fuzz/fuzz.h"

#define FOLDER_MAX 64
#define PUNCHES 40

static char folder[FOLDER_MAX], path[FOLDER_MAX + 16], lock[FOLDER_MAX + 24];

static void
empty_folder(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char name[FOLDER_MAX + 300];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(name);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
remove_folder(void)
{
	empty_folder();
	rmdir(folder);
}

/* In memory, where there is such a place. */
static void
make_folder(void)
{
	snprintf(folder, sizeof folder, "%s/gymgate-fuzz-XXXXXX",
	         access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof path, "%s/spool.db", folder);
	snprintf(lock, sizeof lock, "%s.lock", path);
	atexit(remove_folder);
}

/* A spool with something of everything. */
static void
fill(struct spool *s)
{
	struct spool_punch punches[PUNCHES];
	struct spool_user user = { .uid = 7, .user_id = "42", .name = "Asha" };
	struct spool_door door = { .etag = "\"1\"", .current_at = 1000,
		                   .server_at = SPOOL_NONE };
	struct spool_block block = { .user_id = "42", .kind = 0,
		                     .trial_until = SPOOL_NONE };
	struct buf list = BUF_INIT;
	int64_t terminal = spool_terminal(s, "CRT5200-SN001");
	size_t count;

	buf_append_str(&list, "{\"status\":true}");
	for (int i = 0; i < PUNCHES; i++)
		punches[i] = (struct spool_punch){ .user_id = "42",
			.uid = SPOOL_NONE, .local = 1768458600 + i * 60,
			.sent_local = SPOOL_NONE, .clock_offset = i,
			.fresh = i % 2 == 0 };
	assert(spool_add(s, terminal, 1, punches, PUNCHES, &count) &&
	       count == PUNCHES);
	assert(spool_set_aside(s, terminal, "odd", 3, "no such day"));
	assert(spool_users_save(s, terminal, 1000, &user, 1));
	assert(spool_door_save(s, terminal, &door, &list));
	assert(spool_block_save(s, terminal, &block));
	assert(spool_note_save(s, "zone", "Asia/Kolkata"));
	buf_finish(&list);
}

/* The bytes of such a file, made once. */
static const struct buf *
sound_file(void)
{
	static struct buf file;
	enum spool_fault fault;
	struct spool *s;
	char error[300];

	if (file.len > 0)
		return &file;
	make_folder();
	log_open("fuzz", LOG_ERROR);
	s = spool_open(path, SPOOL_OWN, &fault, error, sizeof error);
	assert(s != NULL);
	fill(s);
	spool_close(s);
	file.data = text_read_file(path, 1024 * 1024, &file.len);
	assert(file.data != NULL);
	empty_folder();
	return &file;
}

static void
write_file(const char *name, const void *bytes, size_t len)
{
	FILE *f = fopen(name, "we");

	assert(f != NULL && fwrite(bytes, 1, len, f) == len);
	fclose(f);
}

/*
 * The input in fours: three bytes of where, one of what.  With 255 all that
 * follows is cut off; the others are added to what is there.
 */
static void
write_damaged(const uint8_t *data, size_t size)
{
	const struct buf *sound = sound_file();
	char *bytes = malloc(sound->len);
	size_t len = sound->len;

	assert(bytes != NULL);
	memcpy(bytes, sound->data, sound->len);
	for (size_t i = 0; i + 4 <= size; i += 4) {
		size_t at = (data[i] | (size_t)data[i + 1] << 8 |
		             (size_t)data[i + 2] << 16) % sound->len;

		if (data[i + 3] == 255)
			len = at < len ? at : len;
		else
			bytes[at] = (char)(bytes[at] + data[i + 3]);
	}
	write_file(path, bytes, len);
	write_file(lock, "", 0);	/* a bridge has had it */
	free(bytes);
}

static void
on_user(void *arg, const struct spool_user *user)
{
	(void)arg;
	assert(strlen(user->user_id) <= SPOOL_USER_MAX);
	assert(strlen(user->name) <= SPOOL_NAME_MAX);
}

static void
on_block(void *arg, const struct spool_block *block)
{
	(void)arg;
	assert(strlen(block->was) <= SPOOL_WAS_MAX);
}

static void
on_aside(void *arg, const struct spool_aside *record)
{
	(void)arg;
	assert(record->len <= SPOOL_RAW_MAX);
	assert(strlen(record->why) <= SPOOL_TEXT_MAX);
}

/* Whatever is in it, each call ends, and what it gives fits. */
static void
read_all(struct spool *s)
{
	struct spool_item items[PUNCHES + 1];
	struct spool_door door;
	struct buf list = BUF_INIT;
	char note[SPOOL_TEXT_MAX + 1];
	int64_t terminal = spool_terminal(s, "CRT5200-SN001");
	size_t count = 0;

	if (spool_next(s, items, PUNCHES + 1, &count))
		assert(count <= PUNCHES + 1);
	spool_aside_list(s, 10, on_aside, NULL);
	spool_note_load(s, "zone", note);
	spool_users_list(s, terminal, on_user, NULL);
	spool_block_list(s, terminal, on_block, NULL);
	if (spool_door_load(s, terminal, &door, &list))
		assert(strlen(door.etag) <= SPOOL_ETAG_MAX);
	buf_finish(&list);
}

/* Mended or new, it takes a punch and has it the next time. */
static void
use(struct spool *s)
{
	struct spool_punch punch = { .user_id = "43", .uid = SPOOL_NONE,
		.local = 1768480000, .sent_local = SPOOL_NONE,
		.clock_offset = SPOOL_NONE };
	int64_t terminal = spool_terminal(s, "CRT5200-SN001");
	size_t count;

	if (spool_is_damaged(s) ||
	    !spool_add(s, terminal, 0, &punch, 1, &count))
		return;
	assert(punch.novelty == SPOOL_NEW || punch.novelty == SPOOL_KNOWN);
	punch.novelty = SPOOL_NEW;
	if (spool_add(s, terminal, 0, &punch, 1, &count))
		assert(count == 0 && punch.novelty == SPOOL_KNOWN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum spool_fault fault;
	char error[300] = "";

	write_damaged(data, size);
	for (int i = 0; i < 2; i++) {
		struct spool *s = spool_open(path, SPOOL_OWN, &fault, error,
		                             sizeof error);

		/* only one of a later version is left alone */
		assert(s != NULL || fault == SPOOL_UNUSABLE);
		assert((s == NULL) == (error[0] != '\0'));
		if (s == NULL)
			break;
		read_all(s);
		use(s);
		spool_close(s);
	}
	empty_folder();
	return 0;
}
