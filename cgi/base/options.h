/* options.h: the options of a command line, by a table */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum options_kind {
	OPTIONS_FLAG,	/* bool: set to true */
	OPTIONS_TEXT,	/* const char *: the word behind it, of argv itself */
};

struct options_key {
	const char *name;	/* --name */
	char letter;		/* -n; 0: none */
	enum options_kind kind;
	size_t offset;		/* of the value in its struct */
};

/*
 * Reads the options into `values`, which keep their defaults where an option
 * is not given.  Returns the index in `argv` of the first word that is none
 * (argc: there is no more); options may stand behind such words, too.
 *
 * Every program has -h, --help (calls `help`, which prints it) and -V,
 * --version: then it ends with status 0.  An option that is not known, or
 * lacks its word, ends it with status 2 and one line.  To be called before
 * anything is opened.
 */
int options_read(const char *program, void (*help)(void),
                 const struct options_key *keys, size_t count, void *values,
                 int argc, char **argv);

#endif
