/* conf.c: a configuration file into a struct, by a table of keys */
#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#define HEADING_MAX 64
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
	if (first == NULL)
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

/* libinih's handler: 0 is an error; the first message stays. */
static int
on_value(void *user, const char *heading, const char *name, const char *value)
{
	struct reader *r = user;
	struct part *part = find_part(r, heading);
	const struct conf_key *key;
	const char *wrong;
	uint64_t bit;

	if (part == NULL) {
		snprintf(r->error, r->size, "no section [%s] is known",
		         heading);
		return 0;
	}
	key = find_key(r, part->section, name);
	if (key == NULL) {
		snprintf(r->error, r->size, "no key '%s' is known here", name);
		return 0;
	}
	bit = UINT64_C(1) << (key - r->keys);
	wrong = part->given & bit ? "is given twice"
		: set_value(key, value, part->values);
	part->given |= bit;
	if (wrong != NULL)
		snprintf(r->error, r->size, "'%s' %s", name, wrong);
	return wrong == NULL;
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

static bool
parse_file(struct reader *r)
{
	char *text = text_read_file(r->path, FILE_MAX, NULL);
	char what[256];
	int line;

	if (text == NULL) {
		snprintf(r->error, r->size, "%s: %s", r->path,
		         strerror(errno));
		return false;
	}
	r->error[0] = '\0';
	line = ini_parse_string(text, on_value, r);
	free(text);
	if (line == 0)
		return true;
	snprintf(what, sizeof what, "%s", r->error[0] == '\0' ?
	         "expected 'key = value' or '[section]'" : r->error);
	snprintf(r->error, r->size, "%s:%d: %s", r->path, line, what);
	return false;
}

bool
conf_load(const char *path, const struct conf_key *keys, size_t count,
          conf_target *target, void *arg, char *error, size_t size)
{
	struct reader r = { path, keys, count, target, arg, NULL, error,
		            size };
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
