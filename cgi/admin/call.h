/* call.h: what gymgate-admin was asked for, and how its commands answer */
#ifndef CALL_H
#define CALL_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/site.h"

#define ADMIN_ARGS_MAX 4
#define ADMIN_REFUSED 1	/* exit status: it could not be done */
#define ADMIN_MISUSED 2	/* ... or the arguments were wrong */

/* The words behind the command, and the options; NULL where not given. */
struct admin_call {
	struct site site;
	struct db *db;
	struct arena *arena;
	int64_t now_at;
	const char *args[ADMIN_ARGS_MAX];
	const char *branch, *company, *config, *currency, *device, *role;
	const char *start;
};

/*
 * The commands: each does what its line of --help says, prints what there is
 * to print, complains in one line, and returns the exit status.
 */
int admin_branch_add(struct admin_call *c);
int admin_branch_list(struct admin_call *c);
int admin_company_add(struct admin_call *c);
int admin_company_list(struct admin_call *c);
int admin_device_add(struct admin_call *c);
int admin_device_close(struct admin_call *c);
int admin_device_list(struct admin_call *c);
int admin_migrate(struct admin_call *c);
int admin_password(struct admin_call *c);
int admin_summary_rebuild(struct admin_call *c);
int admin_token_add(struct admin_call *c);
int admin_token_list(struct admin_call *c);
int admin_token_revoke(struct admin_call *c);
int admin_user_add(struct admin_call *c);
int admin_user_list(struct admin_call *c);
int admin_whatsapp_clear(struct admin_call *c);
int admin_whatsapp_list(struct admin_call *c);
int admin_whatsapp_set(struct admin_call *c);

/* Each writes its one line and returns the exit status that goes with it. */
int admin_complain(const char *what);
int admin_misused(const char *what);
/* Of a result: 0 for DB_OK, else the line that fits is written. */
int admin_finish(enum db_result rc, const char *if_none,
                 const char *if_duplicate);

/*
 * Ends the transaction of a change whose result is `rc`: with a line in the
 * audit and a commit, or rolled back.
 */
enum db_result admin_audited(struct admin_call *c, enum db_result rc,
                             const char *company, const char *action,
                             const char *table, const char *row,
                             const char *fields);
/* The id of the row added last, as the audit writes it. */
const char *admin_last_row(struct admin_call *c);

/* Not empty, at most `most` bytes, and readable? */
bool admin_name_fits(const char *name, size_t most);
/* 0 when there is such a company. */
int admin_need_company(struct admin_call *c, const char *code);
/* The branch of --branch; without it `id` stays 0.  0 when that is right. */
int admin_find_branch(struct admin_call *c, const char *company, int64_t *id);

#endif
