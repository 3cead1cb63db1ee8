/* admin.c: gymgate-admin: what is done from the command line */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/audit.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/migrate.h"
#include "gym/secret.h"
#include "gym/site.h"
#include "gym/token.h"
#include "gym/user.h"

#define ARGS_MAX 4
#define REFUSED 1	/* exit status: the database would not */
#define MISUSED 2	/* ... or the arguments were wrong */

/* What was asked for: the words behind the command, and the options. */
struct call {
	struct site site;
	struct db *db;
	struct arena *arena;
	int64_t now_at;
	const char *args[ARGS_MAX];
	int count;
	const char *branch, *company, *currency, *device, *role, *start;
};

static int
complain(const char *what)
{
	fprintf(stderr, "gymgate-admin: %s\n", what);
	return REFUSED;
}

static int
misused(const char *what)
{
	complain(what);
	return MISUSED;
}

/* The one line for a result, or 0 when it is DB_OK. */
static int
finish(enum db_result rc, const char *if_none, const char *if_duplicate)
{
	switch (rc) {
	case DB_OK:
		return 0;
	case DB_NONE:
		return complain(if_none);
	case DB_DUPLICATE:
		return complain(if_duplicate);
	default:
		return complain("the database failed; see above");
	}
}

static enum db_result
audit(struct call *c, const char *company, const char *action,
      const char *table, const char *row, const char *fields)
{
	struct audit line = { company, 0, action, table, row, fields, "" };

	return audit_add(c->db, &line, c->now_at);
}

/* A change and its line in the audit, together or not at all. */
static enum db_result
with_audit(struct call *c, enum db_result rc, const char *company,
           const char *action, const char *table, const char *row,
           const char *fields)
{
	if (rc == DB_OK)
		rc = audit(c, company, action, table, row, fields);
	if (rc == DB_OK)
		rc = db_tx_commit(c->db);
	if (rc != DB_OK)
		db_tx_rollback(c->db);
	return rc;
}

static const char *
last_row(struct call *c)
{
	return arena_printf(c->arena, "%lld", (long long)db_last_id(c->db));
}

static bool
name_fits(const char *name, size_t most)
{
	return *name != '\0' && strlen(name) <= most &&
	       text_is_utf8(name, strlen(name));
}

/* ---- passwords ----------------------------------------------------------- */

static bool
read_line(const char *prompt, char *out, size_t size)
{
	struct termios before, silent;
	bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0, ok;

	if (is_terminal) {
		fputs(prompt, stderr);
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	ok = fgets(out, (int)size, stdin) != NULL;
	if (is_terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (ok)
		out[strcspn(out, "\r\n")] = '\0';
	return ok;
}

/* From the prompt, twice; or the first line of standard input. */
static const char *
read_password(struct call *c)
{
	char once[1024], again[1024];
	const char *problem;

	if (!read_line("Password: ", once, sizeof once)) {
		complain("no password was given on standard input");
		return NULL;
	}
	problem = user_password_problem(once);
	if (problem == NULL && isatty(STDIN_FILENO) &&
	    (!read_line("Again: ", again, sizeof again) ||
	     strcmp(once, again) != 0))
		problem = "The two are not the same.";
	if (problem == NULL)
		return arena_strdup(c->arena, once);
	complain(problem);
	return NULL;
}

/* ---- commands ------------------------------------------------------------ */

static void
say_migration(const char *name)
{
	printf("applying %s\n", name);
}

static int
do_migrate(struct call *c)
{
	char error[512];

	if (!site_load_migrate(&c->site, error, sizeof error) ||
	    !migrate_run(&c->site, c->now_at, say_migration, error,
	                 sizeof error))
		return complain(error);
	puts("the database is up to date");
	return 0;
}

static int
do_company_add(struct call *c)
{
	const char *currency = c->currency == NULL ? "INR" : c->currency;
	enum db_result rc;

	if (!text_is_word(c->args[0], COMPANY_CODE_MAX, "-_"))
		return misused("a company code is 1 to 16 letters or digits");
	if (!name_fits(c->args[1], COMPANY_NAME_MAX))
		return misused("the name is empty or too long");
	if (strlen(currency) != 3 || strspn(currency,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return misused("a currency is three capitals, like INR");
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = company_add(c->db, c->args[0], c->args[1], currency,
		                 c->now_at);
	rc = with_audit(c, rc, c->args[0], "add", "mst_companies", c->args[0],
	                "cmp_name,cmp_currency");
	return finish(rc, "", "a company of that code is there already");
}

static void
print_company(const char *code, const char *name, const char *status)
{
	printf("%s\t%s\t%s\n", code, name, status);
}

static int
do_company_list(struct call *c)
{
	return finish(company_each(c->db, c->arena, print_company), "", "");
}

/* 0 when there is such a company. */
static int
need_company(struct call *c, const char *code)
{
	struct company found;

	return finish(company_find(c->db, c->arena, code, &found),
	              "there is no company of that code", "");
}

static int
do_branch_add(struct call *c)
{
	enum db_result rc;

	if (!name_fits(c->args[1], COMPANY_NAME_MAX))
		return misused("the name is empty or too long");
	if (!clock_zone_valid(c->args[2]))
		return misused("the zone is not one like Asia/Kolkata");
	if (need_company(c, c->args[0]) != 0)
		return REFUSED;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = branch_add(c->db, c->args[0], c->args[1], c->args[2],
		                c->now_at);
	rc = with_audit(c, rc, c->args[0], "add", "mst_branches", last_row(c),
	                "brn_name,brn_zone");
	return finish(rc, "", "a branch of that name is there already");
}

static void
print_branch(const struct branch *b)
{
	printf("%lld\t%s\t%s\n", (long long)b->id, b->name, b->zone);
}

static int
do_branch_list(struct call *c)
{
	return finish(branch_each(c->db, c->arena, c->args[0], print_branch),
	              "", "");
}

/* The branch of --branch; without it `id` stays 0.  0 when that is right. */
static int
find_branch(struct call *c, const char *company, int64_t *id)
{
	*id = 0;
	if (c->branch == NULL)
		return 0;
	return finish(branch_find(c->db, company, c->branch, id),
	              "the company has no branch of that name", "");
}

/* Finds who is there already, or adds them with a password that is asked. */
static enum db_result
find_or_add_user(struct call *c, int64_t *id, bool *refused)
{
	struct user user;
	enum db_result rc = user_find(c->db, c->arena, c->args[0], &user);
	const char *password;

	*refused = false;
	*id = rc == DB_OK ? user.id : 0;
	if (rc != DB_NONE)
		return rc;
	password = read_password(c);
	*refused = password == NULL;
	return *refused ? DB_FAIL : user_add(c->db, c->args[0], c->args[1],
	                                     password, c->now_at, id);
}

static int
do_user_add(struct call *c)
{
	bool owner, refused = false;
	int64_t branch_id, id = 0;
	enum db_result rc;

	if (c->company == NULL || c->role == NULL)
		return misused("--company and --role are needed");
	owner = strcmp(c->role, "owner") == 0;
	if (!owner && strcmp(c->role, "staff") != 0)
		return misused("a role is owner or staff");
	if (!user_email_valid(c->args[0]))
		return misused("that is not an e-mail address");
	if (!name_fits(c->args[1], USER_NAME_MAX))
		return misused("the name is empty or too long");
	if (need_company(c, c->company) != 0 ||
	    find_branch(c, c->company, &branch_id) != 0)
		return REFUSED;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = find_or_add_user(c, &id, &refused);
	if (rc == DB_OK)
		rc = role_add(c->db, c->company, id, branch_id,
		              owner ? "OWNER" : "STAFF", c->now_at);
	rc = with_audit(c, rc, c->company, "add", "trn_user_roles",
	                arena_printf(c->arena, "%lld", (long long)id),
	                "url_role,url_branch_id");
	if (refused)
		return REFUSED;
	return finish(rc, "", "this person has that role already");
}

static void
print_role(const char *email, const char *name, const char *role,
           const char *branch)
{
	printf("%s\t%s\t%s\t%s\n", email, name, role,
	       *branch == '\0' ? "all branches" : branch);
}

static int
do_user_list(struct call *c)
{
	return finish(role_each(c->db, c->arena, c->args[0], print_role), "",
	              "");
}

static int
do_password(struct call *c)
{
	struct user user;
	const char *password, *company = NULL;
	int status = finish(user_find(c->db, c->arena, c->args[0], &user),
	                    "nobody has that e-mail address", "");
	enum db_result rc;

	if (status != 0)
		return status;
	password = read_password(c);
	if (password == NULL)
		return REFUSED;
	if (role_first(c->db, c->arena, user.id, &company) == DB_FAIL)
		return finish(DB_FAIL, "", "");
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = user_set_password(c->db, user.id, password, c->now_at);
	rc = with_audit(c, rc, company == NULL ? "" : company, "change",
	                "mst_users", arena_printf(c->arena, "%lld",
	                                          (long long)user.id),
	                "usr_password_hash");
	return finish(rc, "", "");
}

static int
do_token_add(struct call *c)
{
	char token[TOKEN_SIZE];
	enum db_result rc;

	if (!name_fits(c->args[1], COMPANY_NAME_MAX))
		return misused("the label is empty or too long");
	if (c->device != NULL &&
	    !text_is_word(c->device, DEVICE_SN_MAX, "-_."))
		return misused("that is not a serial number");
	if (need_company(c, c->args[0]) != 0)
		return REFUSED;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = token_add(c->db, c->args[0], c->args[1], c->device,
		               c->now_at, token);
	rc = with_audit(c, rc, c->args[0], "add", "mst_api_tokens",
	                last_row(c), "tok_label,tok_device_sn");
	if (rc == DB_OK)
		puts(token);	/* the only time that it is shown */
	return finish(rc, "", "");
}

static void
print_token(const struct token_row *t)
{
	char made[CLOCK_TEXT_SIZE];

	clock_format(t->created_at / 1000, made);
	printf("%lld\t%s\t%s\tmade %s UTC%s\n", (long long)t->id, t->label,
	       t->device_sn == NULL ? "any terminal" : t->device_sn, made,
	       t->revoked_at == CLOCK_NO_TIME ? "" : "\trevoked");
}

static int
do_token_list(struct call *c)
{
	return finish(token_each(c->db, c->arena, c->args[0], print_token),
	              "", "");
}

static int
do_token_revoke(struct call *c)
{
	enum db_result rc;
	int64_t id;

	if (!text_to_int(c->args[1], 1, INT64_MAX, &id))
		return misused("a token is named by its number in the list");
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = token_revoke(c->db, c->args[0], id, c->now_at);
	rc = with_audit(c, rc, c->args[0], "revoke", "mst_api_tokens",
	                c->args[1], "tok_revoked_at");
	return finish(rc, "the company has no such token in use", "");
}

/* The branch of a new terminal, and the day from which its punches count. */
static int
find_device_place(struct call *c, int64_t *branch_id, int32_t *start)
{
	struct company company;
	int64_t local;
	int status = finish(company_find(c->db, c->arena, c->args[0],
	                                 &company),
	                    "there is no company of that code", "");

	if (status == 0)
		status = find_branch(c, c->args[0], branch_id);
	if (status != 0)
		return status;
	if (*branch_id == 0)
		*branch_id = company.branch_id;
	if (*branch_id == 0)
		return complain("the company has no branch yet: add one first");
	if (c->start != NULL)
		return 0;
	status = finish(branch_local(c->db, c->arena, c->args[0], *branch_id,
	                             c->now_at, &local), "", "");
	if (status == 0)
		*start = clock_day(local);
	return status;
}

static int
do_device_add(struct call *c)
{
	int64_t branch_id;
	int32_t start = CLOCK_NO_DAY;
	enum db_result rc;
	int status;

	if (!text_is_word(c->args[1], DEVICE_SN_MAX, "-_."))
		return misused("that is not a serial number");
	if (!name_fits(c->args[2], COMPANY_NAME_MAX))
		return misused("the name is empty or too long");
	if (c->start != NULL && !clock_parse_day(c->start, &start))
		return misused("--start wants a day like 2026-03-12");
	status = find_device_place(c, &branch_id, &start);
	if (status != 0)
		return status;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = device_add(c->db, c->args[0], c->args[1], branch_id,
		                c->args[2], start, c->now_at);
	rc = with_audit(c, rc, c->args[0], "add", "mst_devices", last_row(c),
	                "dev_sn,dev_branch_id,dev_name,dev_start");
	return finish(rc, "", "this terminal belongs to a company already; "
	              "close it there first");
}

static int
do_device_close(struct call *c)
{
	enum db_result rc = db_tx_begin(c->db);

	if (rc == DB_OK)
		rc = device_close(c->db, c->args[0], c->args[1], c->now_at);
	rc = with_audit(c, rc, c->args[0], "close", "mst_devices", c->args[1],
	                "dev_to_at");
	return finish(rc, "the company has no such terminal", "");
}

static int
do_device_list(struct call *c)
{
	struct device_state *list;
	size_t count;
	enum db_result rc = device_list(c->db, c->arena, c->args[0], 0, &list,
	                                &count);

	for (size_t i = 0; rc == DB_OK && i < count; i++) {
		char start[CLOCK_DAY_TEXT_SIZE], seen[CLOCK_TEXT_SIZE] = "";

		clock_format_day(list[i].start_day, start);
		if (list[i].seen_at != CLOCK_NO_TIME)
			clock_format(list[i].seen_at / 1000, seen);
		printf("%s\t%s\tcounts from %s\t%s%s\n", list[i].sn,
		       list[i].name, start, *seen == '\0' ?
		       "never reported" : "reported ", seen);
	}
	return finish(rc, "", "");
}

static const struct command {
	const char *name, *verb;	/* verb NULL: the name is enough */
	int args;
	int (*run)(struct call *c);
	const char *help;
	bool needs_tables;
} commands[] = {
	{ "branch", "add", 3, do_branch_add,
	  "COMPANY NAME ZONE", true },
	{ "branch", "list", 1, do_branch_list, "COMPANY", true },
	{ "company", "add", 2, do_company_add,
	  "CODE NAME [--currency INR]", true },
	{ "company", "list", 0, do_company_list, "", true },
	{ "device", "add", 3, do_device_add,
	  "COMPANY SERIAL NAME [--branch NAME] [--start DAY]", true },
	{ "device", "close", 2, do_device_close, "COMPANY SERIAL", true },
	{ "device", "list", 1, do_device_list, "COMPANY", true },
	{ "migrate", NULL, 0, do_migrate, "", false },
	{ "password", NULL, 1, do_password, "EMAIL", true },
	{ "token", "add", 2, do_token_add,
	  "COMPANY LABEL [--device SERIAL]", true },
	{ "token", "list", 1, do_token_list, "COMPANY", true },
	{ "token", "revoke", 2, do_token_revoke, "COMPANY NUMBER", true },
	{ "user", "add", 2, do_user_add,
	  "EMAIL NAME --company CODE --role owner|staff [--branch NAME]",
	  true },
	{ "user", "list", 1, do_user_list, "COMPANY", true },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void
print_usage(void)
{
	puts("Usage: gymgate-admin [-c FILE] COMMAND ...\n"
	     "\n"
	     "  -c, --config FILE  configuration (default "
	     SITE_DEFAULT_FILE ")\n"
	     "  -h, --help         show this\n"
	     "  -V, --version      show the version\n"
	     "\n"
	     "Passwords are asked for, or read from standard input.\n"
	     "\n"
	     "Commands:");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s%s%s %s\n", commands[i].name,
		       commands[i].verb == NULL ? "" : " ",
		       commands[i].verb == NULL ? "" : commands[i].verb,
		       commands[i].help);
}

/* ---- the command line ---------------------------------------------------- */

static const struct option long_options[] = {
	{ "branch", required_argument, NULL, 'b' },
	{ "company", required_argument, NULL, 'C' },
	{ "config", required_argument, NULL, 'c' },
	{ "currency", required_argument, NULL, 'u' },
	{ "device", required_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ "role", required_argument, NULL, 'r' },
	{ "start", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char *
parse_options(int argc, char **argv, struct call *c)
{
	const char *config = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "c:hV", long_options,
	                             NULL)) != -1) {
		switch (option) {
		case 'b':
			c->branch = optarg;
			break;
		case 'C':
			c->company = optarg;
			break;
		case 'c':
			config = optarg;
			break;
		case 'u':
			c->currency = optarg;
			break;
		case 'd':
			c->device = optarg;
			break;
		case 'r':
			c->role = optarg;
			break;
		case 's':
			c->start = optarg;
			break;
		case 'h':
			print_usage();
			exit(0);
		case 'V':
			puts("gymgate-admin " GYMGATE_VERSION);
			exit(0);
		default:
			exit(MISUSED);
		}
	}
	return config;
}

/* The command of the words from `argv` on; takes what follows as its own. */
static const struct command *
find_command(int argc, char **argv, struct call *c)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *cmd = &commands[i];
		int words = cmd->verb == NULL ? 1 : 2;

		if (argc < words || strcmp(argv[0], cmd->name) != 0 ||
		    (words == 2 && strcmp(argv[1], cmd->verb) != 0))
			continue;
		c->count = argc - words;
		if (c->count != cmd->args)
			exit(misused(arena_printf(c->arena, "%s%s%s wants: %s",
				cmd->name, words == 2 ? " " : "",
				words == 2 ? cmd->verb : "",
				*cmd->help == '\0' ? "nothing" : cmd->help)));
		for (int k = 0; k < c->count; k++)
			c->args[k] = argv[words + k];
		return cmd;
	}
	return NULL;
}

static int
run(struct call *c, const struct command *cmd)
{
	int status;

	c->db = db_create(&c->site.db);
	if (cmd->needs_tables && db_connect(c->db) != DB_OK)
		status = complain("the database cannot be used; is it there, "
		                  "and has 'gymgate-admin migrate' been run?");
	else
		status = cmd->run(c);
	db_destroy(c->db);
	return status;
}

int
main(int argc, char **argv)
{
	struct call c = { .now_at = clock_now_ms() };
	const struct command *cmd;
	const char *config;
	char error[512];
	int status;

	log_open("gymgate-admin", LOG_WARN);
	config = parse_options(argc, argv, &c);
	c.arena = arena_create();
	cmd = find_command(argc - optind, argv + optind, &c);
	if (cmd == NULL)
		return misused("no such command; --help lists them");
	if (!site_load(&c.site, config, error, sizeof error))
		return misused(error);
	secret_init();
	status = run(&c, cmd);
	site_finish(&c.site);
	arena_destroy(c.arena);
	return status;
}
