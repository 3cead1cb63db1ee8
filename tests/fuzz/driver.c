/* driver.c: feeds the seeds in a folder to a parser, where there is no clang */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#define SEED_MAX (1024 * 1024)

/* In a process of its own, so that a crash is told and the next is tried. */
static bool
survives(const char *path)
{
	size_t len;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		char *text = text_read_file(path, SEED_MAX, &len);
		uint8_t *exact = malloc(len > 0 ? len : 1);

		if (text == NULL || exact == NULL)
			_exit(1);
		if (len > 0)
			memcpy(exact, text, len);
		free(text);
		LLVMFuzzerTestOneInput(exact, len);
		free(exact);
		exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **list;
	char path[4096];
	int count, failed = 0;

	if (argc != 2 ||
	    (count = scandir(argv[1], &list, is_visible, alphasort)) < 0) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		bool ok;

		snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name);
		ok = survives(path);
		failed += !ok;
		printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, path);
		free(list[i]);
	}
	free(list);
	return failed > 0;
}
