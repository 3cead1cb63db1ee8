/* role.h: who may do what in a company: given, changed, taken away */
#ifndef ROLE_H
#define ROLE_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"

#define ROLE_LIST_MAX 1000	/* of a company */
#define ROLE_COMPANIES_MAX 100	/* of a person */

struct role {
	int64_t id, user_id, version;
	const char *email, *name;
	bool is_owner;		/* else staff */
	int64_t branch_id;	/* 0: all branches, and then ... */
	const char *branch;	/* ... NULL */
	bool is_elsewhere;	/* the person has a role in another company */
};

struct role_list {
	struct role *rows;
	size_t count;
};

/* All of a company, by e-mail. */
enum db_result role_list(struct db *db, struct arena *a, const char *company,
                         struct role_list *out);
/* DB_NONE: the company has no such role. */
enum db_result role_find(struct db *db, struct arena *a, const char *company,
                         int64_t id, struct role *out);

/* Why something cannot be done; nothing is changed then. */
enum role_fault {
	ROLE_FINE,
	ROLE_GONE,		/* it was taken away */
	ROLE_STALE,		/* somebody has changed it meanwhile */
	ROLE_LAST_OWNER,	/* nobody would be left who owns all branches */
	ROLE_KNOWN,		/* the person has a role there already */
	ROLE_NEW_PERSON,	/* nobody works with that e-mail: name and password needed */
	ROLE_OWN_PASSWORD,	/* somebody has it, and a password of their own */
	ROLE_ELSEWHERE,		/* somebody has it at another company only */
};

/* What is to be done, for whom, and what came of it. */
struct role_call {
	struct actor actor;
	int64_t id, version;	/* not of role_give */
	bool is_owner;
	int64_t branch_id;	/* one of the company's; 0: all */
	/* of role_give */
	const char *email, *name;		/* the name may be NULL */
	const char *nonce;			/* may be NULL */
	const char *password;	/* of role_reset; of role_give, may be NULL */
	enum role_fault fault;			/* set */
};

/*
 * Each is a transaction with its audit rows.  DB_OK; DB_NONE: `fault` says why
 * not; or DB_FAIL.  What is changed holds at the person's next click.
 *
 * role_give makes the account, too, where nobody has the e-mail, and makes it
 * anew where nobody works with it any more.  Who works in the company keeps
 * name and password.  Who works in others alone is refused, after all else is
 * right: an owner must not be led to trust an account that another one made.
 *
 * role_leave takes the actor's own roles in the company away, all of them;
 * ROLE_GONE: they have none in another company, where to go.
 *
 * role_reset gives somebody another password, and ends all their sessions; only
 * of somebody who has no role in another company.
 */
enum db_result role_give(struct db *db, struct arena *a,
                         struct role_call *call);
enum db_result role_change(struct db *db, struct arena *a,
                           struct role_call *call);
enum db_result role_take(struct db *db, struct arena *a,
                         struct role_call *call);
enum db_result role_leave(struct db *db, struct arena *a,
                          struct role_call *call);
enum db_result role_reset(struct db *db, struct arena *a,
                          struct role_call *call);

/* A company where a person may work. */
struct role_company {
	const char *code, *name;
	bool is_owner;
};

/* All of them that are not closed, by name. */
enum db_result role_companies(struct db *db, struct arena *a, int64_t user_id,
                              struct role_company **out, size_t *count);

#endif
