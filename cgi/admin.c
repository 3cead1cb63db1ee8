/* admin.c: gymgate-admin: what is done from the command line */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/call.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "gym/secret.h"

#define PROGRAM "gymgate-admin"

static const struct command {
	const char *name, *verb;	/* verb NULL: the name is enough */
	int args;
	int (*run)(struct admin_call *c);
	const char *help;
	bool needs_tables;
} commands[] = {
	{ "branch", "add", 3, admin_branch_add,
	  "COMPANY NAME ZONE", true },
	{ "branch", "list", 1, admin_branch_list, "COMPANY", true },
	{ "company", "add", 2, admin_company_add,
	  "CODE NAME [--currency INR]", true },
	{ "company", "list", 0, admin_company_list, "", true },
	{ "device", "add", 3, admin_device_add,
	  "COMPANY SERIAL NAME [--branch NAME] [--start DAY]", true },
	{ "device", "close", 2, admin_device_close, "COMPANY SERIAL", true },
	{ "device", "list", 1, admin_device_list, "COMPANY", true },
	{ "migrate", NULL, 0, admin_migrate, "", false },
	{ "password", NULL, 1, admin_password, "EMAIL", true },
	{ "summary", "rebuild", 1, admin_summary_rebuild, "COMPANY", true },
	{ "token", "add", 2, admin_token_add,
	  "COMPANY LABEL [--device SERIAL]", true },
	{ "token", "list", 1, admin_token_list, "COMPANY", true },
	{ "token", "revoke", 2, admin_token_revoke, "COMPANY NUMBER", true },
	{ "user", "add", 2, admin_user_add,
	  "EMAIL NAME --company CODE --role owner|staff [--branch NAME]",
	  true },
	{ "user", "list", 1, admin_user_list, "COMPANY", true },
	{ "whatsapp", "clear", 1, admin_whatsapp_clear, "COMPANY", true },
	{ "whatsapp", "list", 0, admin_whatsapp_list, "", true },
	{ "whatsapp", "set", 2, admin_whatsapp_set, "COMPANY PHONE_ID", true },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void
help(void)
{
	puts("Usage: gymgate-admin [-c FILE] COMMAND ...\n"
	     "\n"
	     "  -c, --config FILE  configuration (default "
	     SITE_DEFAULT_FILE ")\n"
	     "  -h, --help         show this\n"
	     "  -V, --version      show the version\n"
	     "\n"
	     "Passwords are asked for, or read from standard input.\n"
	     "'user add' gives somebody who signs in already another role: make "
	     "sure who it is.\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s%s%s %s\n", commands[i].name,
		       commands[i].verb == NULL ? "" : " ",
		       commands[i].verb == NULL ? "" : commands[i].verb,
		       commands[i].help);
}

/* ---- the command line ---------------------------------------------------- */

#define AT(field) offsetof(struct admin_call, field)

static const struct options_key option_keys[] = {
	{ "branch", 0, OPTIONS_TEXT, AT(branch) },
	{ "company", 0, OPTIONS_TEXT, AT(company) },
	{ "config", 'c', OPTIONS_TEXT, AT(config) },
	{ "currency", 0, OPTIONS_TEXT, AT(currency) },
	{ "device", 0, OPTIONS_TEXT, AT(device) },
	{ "role", 0, OPTIONS_TEXT, AT(role) },
	{ "start", 0, OPTIONS_TEXT, AT(start) },
};

#define OPTIONS (sizeof option_keys / sizeof *option_keys)

/* The command of the words from `argv` on; takes what follows as its own. */
static const struct command *
find_command(int argc, char **argv, struct admin_call *c)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *cmd = &commands[i];
		int words = cmd->verb == NULL ? 1 : 2;

		if (argc < words || strcmp(argv[0], cmd->name) != 0 ||
		    (words == 2 && strcmp(argv[1], cmd->verb) != 0))
			continue;
		if (argc - words != cmd->args)
			exit(admin_misused(arena_printf(c->arena,
				"%s%s%s wants: %s", cmd->name, words == 2 ? " " : "",
				words == 2 ? cmd->verb : "",
				*cmd->help == '\0' ? "nothing" : cmd->help)));
		for (int k = 0; k < cmd->args; k++)
			c->args[k] = argv[words + k];
		return cmd;
	}
	return NULL;
}

static int
run(struct admin_call *c, const struct command *cmd)
{
	int status;

	c->db = db_create(&c->site.db);
	if (cmd->needs_tables && db_connect(c->db) != DB_OK)
		status = admin_complain("the database cannot be used; is it "
			"there, and has 'gymgate-admin migrate' been run?");
	else
		status = cmd->run(c);
	db_destroy(c->db);
	return status;
}

int
main(int argc, char **argv)
{
	struct admin_call c = { .now_at = clock_now_ms() };
	const struct command *cmd;
	char error[512];
	int status, words;

	log_open(PROGRAM, LOG_WARN);
	words = options_read(PROGRAM, help, option_keys, OPTIONS, &c, argc,
	                     argv);
	c.arena = arena_create();
	cmd = find_command(argc - words, argv + words, &c);
	if (cmd == NULL) {
		status = admin_misused(words == argc
			? "which command? --help lists them"
			: "no such command; --help lists them");
	} else if (!site_load(&c.site, c.config, error, sizeof error)) {
		status = admin_misused(error);
	} else {
		secret_init();
		status = run(&c, cmd);
		site_finish(&c.site);
	}
	arena_destroy(c.arena);
	return status;
}
