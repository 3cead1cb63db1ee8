/* users.c: gymgate-admin user, password */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "admin/call.h"
#include "gym/role.h"
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

/* Who is to have the role. */
struct person {
	struct user user;		/* id 0: there is no such account */
	const char *password;		/* NULL: they keep the one they have */
	struct user_places places;
};

/* Whoever runs this should know whom they let in, and who made the account. */
static void
tell_known(struct admin_call *c, const struct person *p)
{
	struct role_company *list;
	size_t count;

	if (role_companies(c->db, c->arena, p->user.id, &list, &count) !=
	    DB_OK)
		return;
	printf("%s signs in already, as %s", c->args[0], p->user.name);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].code, c->company) != 0)
			printf(", at %s", list[i].code);
	}
	puts(": name and password stay");
}

static enum db_result
find_person(struct admin_call *c, struct person *p)
{
	enum db_result rc = user_find(c->db, c->arena, c->args[0], &p->user);

	if (rc == DB_NONE)
		p->user.id = 0;
	return rc == DB_OK ? user_places(c->db, p->user.id, c->company,
	                                 &p->places)
		: rc == DB_NONE ? DB_OK : rc;
}

static bool
has_role(const struct person *p)
{
	return p->places.is_here || p->places.is_elsewhere;
}

/* The account: as it is, new, or without a role and therefore as if new. */
static enum db_result
store_person(struct admin_call *c, struct person *p)
{
	const struct actor actor = { c->company, 0, "", c->now_at };
	bool is_new = p->user.id == 0;
	enum db_result rc = is_new
		? user_add(c->db, c->args[0], c->args[1], p->password,
		           c->now_at, &p->user.id)
		: user_lock(c->db, p->user.id, c->company, &p->places);

	if (rc != DB_OK || has_role(p) != (p->password == NULL))
		return rc == DB_OK ? DB_NONE : rc;
	if (p->password == NULL)
		return DB_OK;
	if (!is_new)
		rc = user_begin_anew(c->db, p->user.id, c->args[1],
		                     p->password, c->now_at);
	return rc == DB_OK ? audit_row(c->db, &actor, is_new ? "add" : "change",
	                               "mst_users", p->user.id,
	                               "usr_name,usr_password_hash") : rc;
}

static int
give_role(struct admin_call *c, struct person *p, int64_t branch_id)
{
	enum db_result rc = db_tx_begin(c->db);

	if (rc == DB_OK)
		rc = store_person(c, p);
	if (rc == DB_OK)
		rc = role_add(c->db, c->company, p->user.id, branch_id,
		              *c->role == 'o' ? "OWNER" : "STAFF", NULL,
		              c->now_at);
	rc = admin_audited(c, rc, c->company, "add", "trn_user_roles",
	                arena_printf(c->arena, "%lld", (long long)p->user.id),
	                "url_role,url_branch_id");
	if (rc == DB_OK && p->password == NULL)
		tell_known(c, p);
	return admin_finish(rc, "roles of this person have changed meanwhile: "
	                    "try again", "this person has that role already");
}

int
admin_user_add(struct admin_call *c)
{
	struct person person = { 0 };
	int64_t branch_id;

	if (c->company == NULL || c->role == NULL)
		return admin_misused("--company and --role are needed");
	if (strcmp(c->role, "owner") != 0 && strcmp(c->role, "staff") != 0)
		return admin_misused("a role is owner or staff");
	if (!user_email_valid(c->args[0]))
		return admin_misused("that is not an e-mail address");
	if (!admin_name_fits(c->args[1], USER_NAME_MAX))
		return admin_misused("the name is empty or too long");
	if (admin_need_company(c, c->company) != 0 ||
	    admin_find_branch(c, c->company, &branch_id) != 0)
		return ADMIN_REFUSED;
	if (find_person(c, &person) != DB_OK)
		return admin_finish(DB_FAIL, "", "");
	/* before the transaction: people type slowly */
	if (!has_role(&person))
		person.password = read_password(c, c->args[0], c->args[1]);
	if (!has_role(&person) && person.password == NULL)
		return ADMIN_REFUSED;
	return give_role(c, &person, branch_id);
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
