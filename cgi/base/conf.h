/* conf.h: a configuration file into a struct, by a table of keys */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conf_type {
	CONF_STR,	/* char *, never NULL; at most `most` bytes */
	CONF_INT,	/* int64_t, between `least` and `most` */
	CONF_BOOL,	/* bool: yes or no */
	CONF_WORD,	/* int: index into `words` */
};

/* One key.  The sample file in etc/ explains each at its default. */
struct conf_key {
	const char *section;	/* "" for keys before any section */
	const char *name;
	enum conf_type type;
	size_t offset;		/* of the value within its struct */
	const char *fallback;	/* as text; NULL: must be given */
	int64_t least, most;
	const char *const *words;	/* CONF_WORD: ends with NULL */
};

/*
 * Where the values of a section go.  `[terminal front]` is section
 * "terminal" with label "front"; `[server]` has the label "".  Called once
 * for each heading as it is first met, and for every section of the table
 * without a label before the file is read, so that defaults are set.
 * Returns the zeroed struct to fill, or NULL to refuse the heading.
 */
typedef void *conf_target(void *arg, const char *section, const char *label);

/*
 * Reads `path` (libinih's format: `key = value`, `[section]`, comments from #
 * or ;).  Unknown sections and keys, keys given twice, values out of bounds
 * and missing ones are errors.  On false, `error` holds one line for people:
 * "FILE:LINE: what is wrong".  A NULL path leaves all at the defaults.
 */
bool conf_load(const char *path, const struct conf_key *keys, size_t count,
               conf_target *target, void *arg, char *error, size_t size);

/* Frees the strings of `section` in `values`. */
void conf_finish(const struct conf_key *keys, size_t count,
                 const char *section, void *values);

/* Logs a warning when everybody on this machine may read the file. */
void conf_warn_if_open(const char *path);

#endif
