/* users.c: gymgate-admin user, password */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "admin/call.h"
#include "gym/user.h"

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

static const char *const problems[USER_PASSWORD__COUNT] = {
	[USER_PASSWORD_SHORT] = "A password needs at least 10 characters.",
	[USER_PASSWORD_LONG] =
		"A password may be at most 128 characters long.",
	[USER_PASSWORD_UNREADABLE] = "The password is not readable text.",
	[USER_PASSWORD_GUESSED] = "That is among the first that are tried: "
		"take several words, and no names or rows of keys.",
};

/* From the prompt, twice; or the first line of standard input. */
static const char *
read_password(struct admin_call *c, const char *email, const char *name)
{
	char once[1024], again[1024];
	const char *problem;

	if (!read_line("Password: ", once, sizeof once)) {
		admin_complain("no password was given on standard input");
		return NULL;
	}
	problem = problems[user_password_judge(once, email, name)];
	if (problem == NULL && isatty(STDIN_FILENO) &&
	    (!read_line("Again: ", again, sizeof again) ||
	     strcmp(once, again) != 0))
		problem = "The two are not the same.";
	if (problem == NULL)
		return arena_strdup(c->arena, once);
	admin_complain(problem);
	return NULL;
}

/* Finds who is there already, or adds them with a password that is asked. */
static enum db_result
find_or_add_user(struct admin_call *c, int64_t *id, bool *refused)
{
	struct user user;
	enum db_result rc = user_find(c->db, c->arena, c->args[0], &user);
	const char *password;

	*refused = false;
	*id = rc == DB_OK ? user.id : 0;
	if (rc != DB_NONE)
		return rc;
	password = read_password(c, c->args[0], c->args[1]);
	*refused = password == NULL;
	return *refused ? DB_FAIL : user_add(c->db, c->args[0], c->args[1],
	                                     password, c->now_at, id);
}

int
admin_user_add(struct admin_call *c)
{
	bool owner, refused = false;
	int64_t branch_id, id = 0;
	enum db_result rc;

	if (c->company == NULL || c->role == NULL)
		return admin_misused("--company and --role are needed");
	owner = strcmp(c->role, "owner") == 0;
	if (!owner && strcmp(c->role, "staff") != 0)
		return admin_misused("a role is owner or staff");
	if (!user_email_valid(c->args[0]))
		return admin_misused("that is not an e-mail address");
	if (!admin_name_fits(c->args[1], USER_NAME_MAX))
		return admin_misused("the name is empty or too long");
	if (admin_need_company(c, c->company) != 0 ||
	    admin_find_branch(c, c->company, &branch_id) != 0)
		return ADMIN_REFUSED;
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = find_or_add_user(c, &id, &refused);
	if (rc == DB_OK)
		rc = role_add(c->db, c->company, id, branch_id,
		              owner ? "OWNER" : "STAFF", NULL, c->now_at);
	rc = admin_audited(c, rc, c->company, "add", "trn_user_roles",
	                arena_printf(c->arena, "%lld", (long long)id),
	                "url_role,url_branch_id");
	if (refused)
		return ADMIN_REFUSED;
	return admin_finish(rc, "", "this person has that role already");
}

static void
print_role(const char *email, const char *name, const char *role,
           const char *branch)
{
	printf("%s\t%s\t%s\t%s\n", email, name, role,
	       *branch == '\0' ? "all branches" : branch);
}

int
admin_user_list(struct admin_call *c)
{
	return admin_finish(role_each(c->db, c->arena, c->args[0],
	                              print_role), "", "");
}

int
admin_password(struct admin_call *c)
{
	struct user user;
	const char *password, *company = NULL;
	int status = admin_finish(user_find(c->db, c->arena, c->args[0], &user),
	                    "nobody has that e-mail address", "");
	enum db_result rc;

	if (status != 0)
		return status;
	password = read_password(c, c->args[0], user.name);
	if (password == NULL)
		return ADMIN_REFUSED;
	if (role_first(c->db, c->arena, user.id, &company) == DB_FAIL)
		return admin_finish(DB_FAIL, "", "");
	rc = db_tx_begin(c->db);
	if (rc == DB_OK)
		rc = user_set_password(c->db, user.id, password, c->now_at);
	rc = admin_audited(c, rc, company == NULL ? "" : company, "change",
	                "mst_users", arena_printf(c->arena, "%lld",
	                                          (long long)user.id),
	                "usr_password_hash");
	return admin_finish(rc, "", "");
}
