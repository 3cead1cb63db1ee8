/* options.c: the options of a command line, by a table */
#include "base/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

#define KEYS_MAX 16
#define EXIT_MISUSED 2
#define FIRST 256	/* what getopt_long returns for keys[0]: no letter */

/* The table as getopt_long wants it; "h" and "V" stand behind ours. */
static void
fill(const struct options_key *keys, size_t count, struct option *longs,
     char *letters)
{
	for (size_t i = 0; i < count; i++) {
		bool takes_word = keys[i].kind == OPTIONS_TEXT;

		longs[i] = (struct option){ keys[i].name, takes_word
			? required_argument : no_argument, NULL,
			FIRST + (int)i };
		if (keys[i].letter == '\0')
			continue;
		*letters++ = keys[i].letter;
		if (takes_word)
			*letters++ = ':';
	}
	longs[count] = (struct option){ "help", no_argument, NULL, 'h' };
	longs[count + 1] = (struct option){ "version", no_argument, NULL,
		'V' };
	*letters++ = 'h';
	*letters++ = 'V';
	*letters = '\0';
}

static const struct options_key *
find(const struct options_key *keys, size_t count, int found)
{
	for (size_t i = 0; i < count; i++) {
		if (found == FIRST + (int)i ||
		    (keys[i].letter != '\0' && found == keys[i].letter))
			return &keys[i];
	}
	return NULL;
}

int
options_read(const char *program, void (*help)(void),
             const struct options_key *keys, size_t count, void *values,
             int argc, char **argv)
{
	struct option longs[KEYS_MAX + 3] = { 0 };
	char letters[2 * KEYS_MAX + 3];
	int found;

	if (count > KEYS_MAX)
		log_die("more than %d options", KEYS_MAX);
	fill(keys, count, longs, letters);
	optind = 0;	/* a test may read more than one line */
	while ((found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct options_key *key = find(keys, count, found);

		if (key != NULL && key->kind == OPTIONS_FLAG) {
			*(bool *)((char *)values + key->offset) = true;
		} else if (key != NULL) {
			*(const char **)((char *)values + key->offset) = optarg;
		} else if (found == 'h') {
			help();
			exit(0);
		} else if (found == 'V') {
			printf("%s %s\n", program, GYMGATE_VERSION);
			exit(0);
		} else {
			exit(EXIT_MISUSED);	/* getopt has said why */
		}
	}
	return optind;
}
