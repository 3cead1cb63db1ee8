/* main.c: zk-terminal, a fake ZKTeco terminal for tests and demonstrations */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "tests/terminal/control.h"
#include "tests/terminal/server.h"

#define EXIT_USAGE 2

static const char usage[] =
	"usage: zk-terminal [--OPTION VALUE]...\n"
	"       zk-terminal --control PATH --send ORDER\n"
	"A fake ZKTeco terminal on 127.0.0.1.  --send help lists its orders;\n"
	"--send 'set OPTION VALUE' changes most options while it runs.\n"
	"\n";

static void
print_help(void)
{
	struct buf options = BUF_INIT;

	fake_settings_help(&options);
	printf("%s%s", usage, options.data);
	buf_finish(&options);
}

static int
complain(const char *error)
{
	fprintf(stderr, "zk-terminal: %s\n", error);
	return EXIT_USAGE;
}

/* Takes pairs of --NAME VALUE; false with a line in `error`. */
static bool
read_options(struct fake_settings *s, char **args, char *error, size_t size)
{
	for (; *args != NULL; args += 2) {
		const char *name = text_after(*args, "--");

		if (name == NULL) {
			snprintf(error, size, "what is '%s'?  See --help",
			         *args);
			return false;
		}
		if (args[1] == NULL) {
			snprintf(error, size, "%s wants a value", *args);
			return false;
		}
		if (!fake_settings_set(s, name, args[1], false, error, size))
			return false;
	}
	return true;
}

static int
run_terminal(struct fake_settings *settings)
{
	struct fake_terminal terminal;
	char error[300];
	bool fine = fake_terminal_init(&terminal, settings, error,
	                               sizeof error) &&
		fake_server_run(&terminal, error, sizeof error);

	*settings = (struct fake_settings){ 0 };	/* now the terminal's */
	fake_terminal_finish(&terminal);
	return fine ? EXIT_SUCCESS : complain(error);
}

static int
run(struct fake_settings *settings, char **args)
{
	char error[300];

	if (!read_options(settings, args, error, sizeof error))
		return complain(error);
	if (settings->send == NULL)
		return run_terminal(settings);
	if (settings->control == NULL)
		return complain("--send wants --control");
	return fake_control_send(settings->control, settings->send) ?
		EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct fake_settings settings;
	int status;

	log_open("zk-terminal", LOG_INFO);
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help();
		return EXIT_SUCCESS;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("zk-terminal " GYMGATE_VERSION);
		return EXIT_SUCCESS;
	}
	fake_settings_init(&settings);
	status = run(&settings, argv + 1);
	fake_settings_finish(&settings);
	return status;
}
