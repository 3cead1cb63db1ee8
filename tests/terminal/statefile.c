/* statefile.c: the file that keeps users and log over a restart */
#include "tests/terminal/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define STATE_MOST (64 << 20)
#define UNSAVED_MOST 65536
#define LINE_MOST 256

static bool
read_number(const char *word, int64_t most, int64_t *out)
{
	return word != NULL && text_to_int(word, 0, most, out);
}

static bool
read_byte(const char *word, uint8_t *out)
{
	int64_t value;

	if (!read_number(word, UINT8_MAX, &value))
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
	if (u->uid != uid) {
		if (fake_store_slot(st, (uint32_t)uid) != NULL)
			return false;
		fake_store_move_user(st, u, (uint16_t)uid);
	}
	wire_set_privilege(u, level);
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

/* KIND TIME */
static bool
load_bad(struct fake_store *st, char *rest)
{
	char *word = strtok_r(rest, " ", &rest);
	char *when = strtok_r(NULL, " ", &rest);
	enum wire_bad bad = fake_store_bad_word(word != NULL ? word : "");
	int64_t at_local;
	int offset_s;
	bool has_offset;

	if (bad == WIRE_BAD_NONE || when == NULL ||
	    !clock_parse(when, &at_local, &has_offset, &offset_s))
		return false;
	fake_store_add_bad(st, bad, at_local);
	return true;
}

static bool
load_double(struct fake_store *st, char *rest)
{
	int64_t count;

	if (!text_to_int(rest, 0, (int64_t)st->punch_count, &count))
		return false;
	fake_store_double(st, (size_t)count);
	return true;
}

static bool
load_drop(struct fake_store *st, char *rest)
{
	int64_t count;

	if (!text_to_int(rest, 0, (int64_t)st->punch_count, &count))
		return false;
	fake_store_drop(st, (size_t)count);
	return true;
}

static struct wire_user *
read_slot(struct fake_store *st, const char *word)
{
	int64_t uid;

	if (word == NULL || !text_to_int(word, 1, 65535, &uid))
		return NULL;
	return fake_store_slot(st, (uint32_t)uid);
}

static bool
load_delete(struct fake_store *st, char *rest)
{
	struct wire_user *u = read_slot(st, rest);

	if (u != NULL)
		fake_store_delete_user(st, u);
	return u != NULL;
}

/* UID PRIVILEGE */
static bool
load_privilege(struct fake_store *st, char *rest)
{
	struct wire_user *u = read_slot(st, strtok_r(rest, " ", &rest));
	uint8_t level;

	if (u == NULL || !read_byte(strtok_r(NULL, " ", &rest), &level))
		return false;
	wire_set_privilege(u, level);
	return true;
}

/* UID GROUP OWN_ZONES ZONE ZONE ZONE ZONE_BITS */
static bool
load_access(struct fake_store *st, char *rest)
{
	struct wire_user *u = read_slot(st, strtok_r(rest, " ", &rest));
	struct wire_access a = { 0 };
	uint16_t *const numbers[] = { &a.own_zones, &a.zones[0], &a.zones[1],
		                      &a.zones[2], &a.zone_bits };
	int64_t value;

	if (u == NULL || !read_byte(strtok_r(NULL, " ", &rest), &a.group))
		return false;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (!read_number(strtok_r(NULL, " ", &rest), UINT16_MAX,
		                 &value))
			return false;
		*numbers[i] = (uint16_t)value;
	}
	wire_set_access(u, &a);
	return true;
}

/* UID N */
static bool
load_fingers(struct fake_store *st, char *rest)
{
	struct wire_user *u = read_slot(st, strtok_r(rest, " ", &rest));

	return u != NULL && read_byte(strtok_r(NULL, " ", &rest), &u->fingers);
}

/* The hex digits of a record. */
static bool
load_write(struct fake_store *st, char *rest)
{
	uint8_t record[WIRE_USER_MOST];
	struct wire_user user;
	size_t size = strlen(rest) / 2;

	if (size > sizeof record)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned byte;

		if (sscanf(rest + 2 * i, "%2x", &byte) != 1)
			return false;
		record[i] = (uint8_t)byte;
	}
	return wire_get_user(&user, record, size) &&
		fake_store_write_user(st, &user);
}

static const struct {
	const char *word;
	bool (*load)(struct fake_store *st, char *rest);
} line_kinds[] = {
	{ "access ", load_access },
	{ "bad ", load_bad },
	{ "clear", load_clear },
	{ "delete ", load_delete },
	{ "double ", load_double },
	{ "drop ", load_drop },
	{ "fingers ", load_fingers },
	{ "privilege ", load_privilege },
	{ "punch ", load_punch },
	{ "user ", load_user },
	{ "write ", load_write },
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

void
fake_store_note(struct fake_store *st, const char *format, ...)
{
	char line[LINE_MOST];
	va_list args;
	int len;

	if (st->fd < 0 || st->loading)
		return;
	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof line)
		log_die("a line of the state file is too long");
	buf_append(&st->unsaved, line, (size_t)len);
	if (st->unsaved.len > UNSAVED_MOST)
		fake_store_save(st);
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
