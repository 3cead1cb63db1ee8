/* statefile.c: the file that keeps users and log over a restart */
#include "tests/terminal/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define STATE_MOST (64 << 20)

static bool
read_byte(const char *word, uint8_t *out)
{
	int64_t value;

	if (word == NULL || !text_to_int(word, 0, 255, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

static bool
read_user_id(const char *word)
{
	return word != NULL && text_is_word(word, WIRE_USER_ID_SIZE - 1, "");
}

/* UID USER_ID PRIVILEGE NAME... */
static bool
load_user(struct fake_store *st, char *rest)
{
	char *uid_text = strtok_r(rest, " ", &rest);
	char *user_id = strtok_r(NULL, " ", &rest);
	char *privilege = strtok_r(NULL, " ", &rest);
	struct wire_user *u;
	int64_t uid;
	uint8_t level;

	if (uid_text == NULL || !text_to_int(uid_text, 1, 65535, &uid) ||
	    !read_user_id(user_id) || !read_byte(privilege, &level))
		return false;
	u = fake_store_put_user(st, user_id, rest);
	u->uid = (uint16_t)uid;
	u->privilege = level;
	return true;
}

/* USER_ID TIME STATE VERIFY */
static bool
load_punch(struct fake_store *st, char *rest)
{
	char *user_id = strtok_r(rest, " ", &rest);
	char *when = strtok_r(NULL, " ", &rest);
	uint8_t state, verify;
	struct wire_user *u;
	int64_t at_local;
	int offset_s;
	bool has_offset;

	if (!read_user_id(user_id) || when == NULL ||
	    !clock_parse(when, &at_local, &has_offset, &offset_s) ||
	    !read_byte(strtok_r(NULL, " ", &rest), &state) ||
	    !read_byte(strtok_r(NULL, " ", &rest), &verify))
		return false;
	u = fake_store_user(st, user_id);
	if (u == NULL)
		u = fake_store_put_user(st, user_id, "");
	fake_store_add_punch(st, u, at_local, state, verify);
	return true;
}

static bool
load_clear(struct fake_store *st, char *rest)
{
	fake_store_clear(st);
	return *rest == '\0';
}

static const struct {
	const char *word;
	bool (*load)(struct fake_store *st, char *rest);
} line_kinds[] = {
	{ "clear", load_clear },
	{ "punch ", load_punch },
	{ "user ", load_user },
};

static bool
load_line(struct fake_store *st, char *line)
{
	for (size_t i = 0; i < sizeof line_kinds / sizeof *line_kinds; i++) {
		const char *rest = text_after(line, line_kinds[i].word);

		if (rest != NULL)
			return line_kinds[i].load(st, line + (rest - line));
	}
	return false;
}

/* Reads whole lines; `used` becomes the bytes up to the last of them. */
static bool
load_lines(struct fake_store *st, char *text, size_t *used, int *number)
{
	char *line = text, *end;

	for (*number = 1; (end = strchr(line, '\n')) != NULL; (*number)++) {
		*end = '\0';
		if (!load_line(st, line))
			return false;
		line = end + 1;
	}
	*used = (size_t)(line - text);
	return true;
}

bool
fake_store_open(struct fake_store *st, const char *path, char *error,
                size_t size)
{
	char *text = text_read_file(path, STATE_MOST, NULL);
	size_t used = 0;
	int number = 0;
	bool fine = text != NULL || errno == ENOENT;

	if (!fine)
		snprintf(error, size, "%s: %s", path, strerror(errno));
	st->loading = true;
	if (text != NULL && !load_lines(st, text, &used, &number)) {
		snprintf(error, size, "%s:%d: not a line of zk-terminal",
		         path, number);
		fine = false;
	}
	st->loading = false;
	free(text);
	if (!fine)
		return false;
	st->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (st->fd < 0 || ftruncate(st->fd, (off_t)used) != 0 ||
	    lseek(st->fd, 0, SEEK_END) < 0) {
		snprintf(error, size, "%s: %s", path, strerror(errno));
		return false;
	}
	return true;
}

bool
fake_store_save(struct fake_store *st)
{
	size_t done = 0;

	while (st->fd >= 0 && done < st->unsaved.len) {
		ssize_t n = write(st->fd, st->unsaved.data + done,
		                  st->unsaved.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_error("cannot write the state file: %m");
			break;
		}
		done += (size_t)n;
	}
	buf_consume(&st->unsaved, done);
	return st->unsaved.len == 0;
}
