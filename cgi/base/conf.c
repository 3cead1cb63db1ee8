/* conf.c: a configuration file into a struct, by a table of keys */
#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#define HEADING_MAX 49	/* libinih cuts longer ones off, without a word */
#define FILE_MAX (256 * 1024)
#define KEYS_MAX 64

/* A section with its values, and which of its keys the file has set. */
struct part {
	struct part *next;
	char heading[HEADING_MAX];
	const char *section;	/* as in the table */
	void *values;
	uint64_t given;		/* bit i: keys[i] */
};

struct reader {
	const char *path;
	const struct conf_key *keys;
	size_t count;
	conf_target *target;
	void *arg;
	struct part *parts;
	const char *next;	/* what of the file is still to be read */
	int line;		/* read last */
	int bad_line;		/* that `error` is about; 0: none yet */
	char *error;
	size_t size;
};

static const struct conf_key *
find_key(const struct reader *r, const char *section, const char *name)
{
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->keys[i].section, section) == 0 &&
		    (name == NULL || strcmp(r->keys[i].name, name) == 0))
			return &r->keys[i];
	}
	return NULL;
}

static const char *
set_str(const struct conf_key *key, const char *value, void *to)
{
	char *copy;

	if (key->most > 0 && strlen(value) > (size_t)key->most)
		return "is too long";
	copy = strdup(value);
	if (copy == NULL)
		log_die("out of memory");
	free(*(char **)to);
	*(char **)to = copy;
	return NULL;
}

static const char *
set_word(const struct conf_key *key, const char *value, void *to)
{
	for (int i = 0; key->words[i] != NULL; i++) {
		if (strcmp(key->words[i], value) == 0) {
			*(int *)to = i;
			return NULL;
		}
	}
	return "is not one of the words it may be";
}

/* Stores a value; returns what is wrong with it, or NULL. */
static const char *
set_value(const struct conf_key *key, const char *value, void *values)
{
	void *to = (char *)values + key->offset;

	switch (key->type) {
	case CONF_STR:
		return set_str(key, value, to);
	case CONF_INT:
		return text_to_int(value, key->least, key->most, to)
			? NULL : "is not a number within its bounds";
	case CONF_BOOL:
		*(bool *)to = strcmp(value, "yes") == 0;
		return *(bool *)to || strcmp(value, "no") == 0
			? NULL : "must be yes or no";
	case CONF_WORD:
		return set_word(key, value, to);
	}
	return "has a type that is not known";
}

static void
set_defaults(const struct reader *r, const char *section, void *values)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct conf_key *key = &r->keys[i];
		const char *wrong;

		if (strcmp(key->section, section) != 0)
			continue;
		wrong = set_value(key, key->fallback == NULL &&
			key->type == CONF_STR ? "" : key->fallback == NULL ?
			"0" : key->fallback, values);
		if (wrong != NULL && key->fallback != NULL)
			log_die("the default of '%s' %s", key->name, wrong);
	}
}

static struct part *
add_part(struct reader *r, const char *heading)
{
	char section[HEADING_MAX];
	const struct conf_key *first;
	struct part *part;
	char *label;

	if (!text_copy(section, sizeof section, heading))
		return NULL;
	label = strchr(section, ' ');
	if (label != NULL)
		*label++ = '\0';
	first = find_key(r, section, NULL);
	if (first == NULL || (label != NULL && *label == '\0'))
		return NULL;
	part = calloc(1, sizeof *part);
	if (part == NULL)
		log_die("out of memory");
	part->values = r->target(r->arg, first->section,
	                         label == NULL ? "" : label);
	if (part->values == NULL) {
		free(part);
		return NULL;
	}
	text_copy(part->heading, sizeof part->heading, heading);
	part->section = first->section;
	part->next = r->parts;
	r->parts = part;
	set_defaults(r, part->section, part->values);
	return part;
}

static struct part *
find_part(struct reader *r, const char *heading)
{
	for (struct part *p = r->parts; p != NULL; p = p->next) {
		if (strcmp(p->heading, heading) == 0)
			return p;
	}
	return add_part(r, heading);
}

/* The first message stays.  Returns 0, which libinih takes for an error. */
static int __attribute__((format(printf, 2, 3)))
refuse(struct reader *r, const char *format, ...)
{
	va_list args;

	if (r->bad_line != 0)
		return 0;
	r->bad_line = r->line;
	va_start(args, format);
	vsnprintf(r->error, r->size, format, args);
	va_end(args);
	return 0;
}

/* libinih's handler: 0 is an error. */
static int
on_value(void *user, const char *heading, const char *name, const char *value)
{
	struct reader *r = user;
	struct part *part = find_part(r, heading);
	const struct conf_key *key;
	const char *wrong;
	uint64_t bit;

	if (part == NULL)
		return refuse(r, "no section [%s] is known", heading);
	key = find_key(r, part->section, name);
	if (key == NULL)
		return refuse(r, "no key '%s' is known here", name);
	bit = UINT64_C(1) << (key - r->keys);
	wrong = part->given & bit ? "is given twice"
		: set_value(key, value, part->values);
	part->given |= bit;
	return wrong == NULL || refuse(r, "'%s' %s", name, wrong);
}

/* Every key without a default must have been given in each of its parts. */
static bool
check_missing(struct reader *r)
{
	for (struct part *p = r->parts; p != NULL; p = p->next) {
		for (size_t i = 0; i < r->count; i++) {
			if (strcmp(r->keys[i].section, p->section) != 0 ||
			    r->keys[i].fallback != NULL ||
			    (p->given & UINT64_C(1) << i) != 0)
				continue;
			snprintf(r->error, r->size, "%s: '%s' is missing%s%s",
			         r->path == NULL ? "configuration" : r->path,
			         r->keys[i].name,
			         *p->heading == '\0' ? "" : " in section ",
			         p->heading);
			return false;
		}
	}
	return true;
}

/* Sections that need no label exist even when the file does not name them. */
static void
add_plain_parts(struct reader *r)
{
	for (size_t i = 0; i < r->count; i++)
		find_part(r, r->keys[i].section);
}

/* A heading counts even when nothing stands below it. */
static void
note_heading(struct reader *r, const char *text)
{
	char heading[HEADING_MAX + 1];
	const char *end;

	text += strspn(text, " \t");
	end = strchr(text, ']');
	if (*text != '[' || end == NULL)
		return;
	snprintf(heading, sizeof heading, "%.*s", (int)(end - text - 1),
	         text + 1);
	if (find_part(r, heading) == NULL)
		refuse(r, "no section [%s] is known", heading);
}

/*
 * libinih's reader: the next line, as fgets gives it.  What is too long for
 * libinih is refused here, for there the rest would pass for a line.
 */
static char *
read_line(char *to, int size, void *user)
{
	struct reader *r = user;
	size_t len = strcspn(r->next, "\n"), most = (size_t)size - 2;

	if (*r->next == '\0')
		return NULL;
	r->line++;
	if (len > most)
		refuse(r, "is longer than %zu bytes", most);
	snprintf(to, (size_t)size, "%.*s\n", (int)(len > most ? most : len),
	         r->next);
	r->next += len + (r->next[len] == '\n');
	note_heading(r, to);
	return to;
}

static bool
parse_file(struct reader *r)
{
	size_t len;
	char *text = text_read_file(r->path, FILE_MAX, &len);
	char what[256];
	int line;

	if (text == NULL) {
		snprintf(r->error, r->size, "%s: %s", r->path,
		         strerror(errno));
		return false;
	}
	r->next = text;
	line = ini_parse_stream(read_line, r, on_value, r);
	if (strlen(text) != len)
		refuse(r, "holds a NUL");
	free(text);
	if (line == 0 && r->bad_line == 0)
		return true;
	/* what libinih itself does not understand has no message yet */
	if (r->bad_line == 0 || (line > 0 && line < r->bad_line)) {
		r->bad_line = line;
		snprintf(r->error, r->size,
		         "expected 'key = value' or '[section]'");
	}
	snprintf(what, sizeof what, "%s", r->error);
	snprintf(r->error, r->size, "%s:%d: %s", r->path, r->bad_line, what);
	return false;
}

bool
conf_load(const char *path, const struct conf_key *keys, size_t count,
          conf_target *target, void *arg, char *error, size_t size)
{
	struct reader r = { .path = path, .keys = keys, .count = count,
		            .target = target, .arg = arg, .error = error,
		            .size = size };
	bool ok;

	if (count > KEYS_MAX)
		log_die("more than %d configuration keys", KEYS_MAX);
	add_plain_parts(&r);
	ok = (path == NULL || parse_file(&r)) && check_missing(&r);
	while (r.parts != NULL) {
		struct part *p = r.parts;

		r.parts = p->next;
		free(p);
	}
	return ok;
}

void
conf_finish(const struct conf_key *keys, size_t count, const char *section,
            void *values)
{
	for (size_t i = 0; i < count; i++) {
		char **s = (char **)((char *)values + keys[i].offset);

		if (keys[i].type != CONF_STR ||
		    strcmp(keys[i].section, section) != 0)
			continue;
		free(*s);
		*s = NULL;
	}
}

void
conf_warn_if_open(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IROTH) != 0)
		log_warn("%s holds a secret and can be read by everybody on "
		         "this machine: chmod o-r it", path);
}
