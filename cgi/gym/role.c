/* role.c: who may do what in a company: given, changed, taken away */
#include "gym/role.h"

#include "db/tx.h"
#include "gym/user.h"

#define FIELDS "url_role,url_branch_id"

/* ---- reading ------------------------------------------------------------- */

static struct db_stmt *
begin_rows(struct db *db, struct arena *a, const char *company, int64_t id,
           struct role *out)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_ROWS);

	db_in_str(st, company);
	db_in_id(st, id);
	db_in_id(st, id);
	db_out_int(st, &out->id);
	db_out_int(st, &out->user_id);
	db_out_str(st, a, &out->email);
	db_out_str(st, a, &out->name);
	db_out_bool(st, &out->is_owner);
	db_out_int(st, &out->branch_id);
	db_out_str(st, a, &out->branch);
	db_out_int(st, &out->version);
	db_out_bool(st, &out->is_elsewhere);
	return st;
}

enum db_result
role_list(struct db *db, struct arena *a, const char *company,
          struct role_list *out)
{
	struct role row;
	struct db_stmt *st = begin_rows(db, a, company, 0, &row);
	enum db_result rc;

	*out = (struct role_list){
		arena_alloc(a, ROLE_LIST_MAX * sizeof *out->rows), 0,
	};
	while ((rc = db_next(st)) == DB_OK && out->count < ROLE_LIST_MAX)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
role_find(struct db *db, struct arena *a, const char *company, int64_t id,
          struct role *out)
{
	return id == 0 ? DB_NONE : db_one(begin_rows(db, a, company, id, out));
}

enum db_result
role_companies(struct db *db, struct arena *a, int64_t user_id,
               struct role_company **out, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_COMPANIES);
	struct role_company *list = arena_alloc(a, ROLE_COMPANIES_MAX *
	                                        sizeof *list);
	struct role_company row;
	enum db_result rc;

	db_in_int(st, user_id);
	db_out_str(st, a, &row.code);
	db_out_str(st, a, &row.name);
	db_out_bool(st, &row.is_owner);
	*out = list;
	*count = 0;
	while ((rc = db_next(st)) == DB_OK && *count < ROLE_COMPANIES_MAX)
		list[(*count)++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- giving -------------------------------------------------------------- */

/* What a transaction is about. */
struct work {
	struct arena *arena;
	struct role_call *call;
};

static enum db_result
refuse(struct role_call *call, enum role_fault fault)
{
	call->fault = fault;
	return DB_NONE;
}

/* Has this form given it already? */
static enum db_result
find_nonce(struct db *db, const struct role_call *call)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_FIND_NONCE);
	int64_t id;

	db_in_str(st, call->actor.company);
	db_in_str(st, call->nonce);
	db_out_int(st, &id);
	return db_one(st);
}

static enum db_result
add_person(struct db *db, const struct role_call *call, int64_t *id)
{
	enum db_result rc = user_add(db, call->email, call->name,
	                             call->password, call->actor.now_at, id);

	if (rc == DB_DUPLICATE)
		return DB_AGAIN;	/* a moment ago, by somebody else */
	return rc == DB_OK ? audit_row(db, &call->actor, "add", "mst_users",
	                               *id, "usr_email,usr_name,"
	                               "usr_password_hash") : rc;
}

/* Nobody here or elsewhere uses that account any more. */
static enum db_result
renew_person(struct db *db, const struct role_call *call, int64_t id)
{
	enum db_result rc = user_begin_anew(db, id, call->name, call->password,
	                                    call->actor.now_at);

	return rc == DB_OK ? audit_row(db, &call->actor, "change", "mst_users",
	                               id, "usr_name,usr_password_hash") : rc;
}

/*
 * Nobody has proved that an address is theirs.  So an account is this
 * company's to give a role only if it has one here; whoever knows its password
 * must not be trusted on the word of another company.
 */
static enum db_result
find_person(struct db *db, struct arena *a, struct role_call *call,
            int64_t *id)
{
	struct user_places places = { false, false };
	struct user user;
	enum db_result rc = user_find(db, a, call->email, &user);

	*id = rc == DB_OK ? user.id : 0;
	if (rc == DB_OK)
		rc = user_lock(db, user.id, call->actor.company, &places);
	if (rc != DB_OK && rc != DB_NONE)
		return rc;
	if (places.is_here)
		return call->password == NULL ? DB_OK
			: refuse(call, ROLE_OWN_PASSWORD);
	if (call->name == NULL || call->password == NULL)
		return refuse(call, ROLE_NEW_PERSON);
	if (places.is_elsewhere)
		return refuse(call, ROLE_ELSEWHERE);
	return *id == 0 ? add_person(db, call, id)
		: renew_person(db, call, *id);
}

static enum db_result
give_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct role_call *call = w->call;
	int64_t user_id = 0;
	enum db_result rc = find_nonce(db, call);

	call->fault = ROLE_FINE;
	if (rc != DB_NONE)
		return rc;
	rc = find_person(db, w->arena, call, &user_id);
	if (rc != DB_OK)
		return rc;
	rc = role_add(db, call->actor.company, user_id, call->branch_id,
	              call->is_owner ? "OWNER" : "STAFF", call->nonce,
	              call->actor.now_at);
	if (rc == DB_DUPLICATE)
		return refuse(call, ROLE_KNOWN);
	return rc == DB_OK ? audit_row(db, &call->actor, "add",
	                               "trn_user_roles", db_last_id(db),
	                               FIELDS) : rc;
}

enum db_result
role_give(struct db *db, struct arena *a, struct role_call *call)
{
	return tx_run(db, give_step, &(struct work){ a, call });
}

/* ---- changing, taking ---------------------------------------------------- */

/*
 * Holds the owners of all branches, so that two of them cannot demote each
 * other at once, and counts them.
 */
static enum db_result
lock_owners(struct db *db, const char *company, int64_t *owners)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_LOCK_OWNERS);
	enum db_result rc;
	int64_t id;

	db_in_str(st, company);
	db_out_int(st, &id);
	*owners = 0;
	while ((rc = db_next(st)) == DB_OK)
		(*owners)++;
	return rc == DB_NONE ? DB_OK : rc;
}

/* The same, and reads the role. */
static enum db_result
find_locked(struct db *db, const struct work *w, struct role *out,
            int64_t *owners)
{
	struct role_call *call = w->call;
	enum db_result rc = lock_owners(db, call->actor.company, owners);

	call->fault = ROLE_FINE;
	if (rc == DB_OK)
		rc = role_find(db, w->arena, call->actor.company, call->id,
		               out);
	return rc == DB_NONE ? refuse(call, ROLE_GONE) : rc;
}

static bool
owns_all(bool is_owner, int64_t branch_id)
{
	return is_owner && branch_id == 0;
}

static enum db_result
store(struct db *db, struct role_call *call)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_CHANGE);
	enum db_result rc;

	db_in_str(st, call->is_owner ? "OWNER" : "STAFF");
	db_in_id(st, call->branch_id);
	db_in_str(st, call->actor.company);
	db_in_int(st, call->id);
	db_in_int(st, call->version);
	rc = db_run(st);
	return rc == DB_DUPLICATE ? refuse(call, ROLE_KNOWN)
		: rc == DB_NONE ? refuse(call, ROLE_STALE) : rc;
}

static enum db_result
change_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct role_call *call = w->call;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct role was;
	int64_t owners;
	enum db_result rc = find_locked(db, w, &was, &owners);

	if (rc != DB_OK)
		return rc;
	if (was.version != call->version)
		return refuse(call, ROLE_STALE);
	if (owners < 2 && owns_all(was.is_owner, was.branch_id) &&
	    !owns_all(call->is_owner, call->branch_id))
		return refuse(call, ROLE_LAST_OWNER);
	audit_field(&fields, "url_role", was.is_owner != call->is_owner);
	audit_field(&fields, "url_branch_id",
	            was.branch_id != call->branch_id);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, call);
	return rc == DB_OK ? audit_row(db, &call->actor, "change",
	                               "trn_user_roles", call->id,
	                               fields.text) : rc;
}

enum db_result
role_change(struct db *db, struct arena *a, struct role_call *call)
{
	return tx_run(db, change_step, &(struct work){ a, call });
}

static enum db_result
remove_role(struct db *db, const struct actor *actor, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_REMOVE);
	enum db_result rc;

	db_in_str(st, actor->company);
	db_in_int(st, id);
	rc = db_run(st);
	return rc == DB_OK ? audit_row(db, actor, "remove", "trn_user_roles",
	                               id, FIELDS) : rc;
}

static enum db_result
take_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct role_call *call = w->call;
	struct role was;
	int64_t owners;
	enum db_result rc = find_locked(db, w, &was, &owners);

	if (rc != DB_OK)
		return rc;
	if (owners < 2 && owns_all(was.is_owner, was.branch_id))
		return refuse(call, ROLE_LAST_OWNER);
	return remove_role(db, &call->actor, call->id);
}

enum db_result
role_take(struct db *db, struct arena *a, struct role_call *call)
{
	return tx_run(db, take_step, &(struct work){ a, call });
}

/* One's own roles in the company; `owns`: one is for all branches. */
static enum db_result
find_mine(struct db *db, const struct actor *actor, int64_t ids[ROLE_LIST_MAX],
          size_t *count, bool *owns)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_MINE);
	int64_t id, branch_id;
	bool is_owner;
	enum db_result rc;

	*count = 0;
	*owns = false;
	db_in_str(st, actor->company);
	db_in_int(st, actor->user_id);
	db_out_int(st, &id);
	db_out_bool(st, &is_owner);
	db_out_int(st, &branch_id);
	while ((rc = db_next(st)) == DB_OK && *count < ROLE_LIST_MAX) {
		ids[(*count)++] = id;
		*owns = *owns || owns_all(is_owner, branch_id);
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
leave_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct role_call *call = w->call;
	struct user_places places = { false, false };
	int64_t ids[ROLE_LIST_MAX], owners;
	size_t count = 0;
	bool owns = false;
	enum db_result rc = lock_owners(db, call->actor.company, &owners);

	call->fault = ROLE_FINE;
	if (rc == DB_OK)
		rc = user_lock(db, call->actor.user_id, call->actor.company,
		               &places);
	if (rc == DB_OK)
		rc = find_mine(db, &call->actor, ids, &count, &owns);
	if (rc != DB_OK)
		return rc;
	if (!places.is_elsewhere || count == 0)
		return refuse(call, ROLE_GONE);
	if (owners < 2 && owns)
		return refuse(call, ROLE_LAST_OWNER);
	for (size_t i = 0; rc == DB_OK && i < count; i++)
		rc = remove_role(db, &call->actor, ids[i]);
	return rc;
}

enum db_result
role_leave(struct db *db, struct arena *a, struct role_call *call)
{
	return tx_run(db, leave_step, &(struct work){ a, call });
}

static enum db_result
reset_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct role_call *call = w->call;
	struct user_places places = { false, false };
	struct role role;
	enum db_result rc = role_find(db, w->arena, call->actor.company,
	                              call->id, &role);

	call->fault = ROLE_FINE;
	if (rc == DB_OK)
		rc = user_lock(db, role.user_id, call->actor.company, &places);
	if (rc != DB_OK && rc != DB_NONE)
		return rc;
	if (!places.is_here)
		return refuse(call, ROLE_GONE);
	if (places.is_elsewhere)
		return refuse(call, ROLE_OWN_PASSWORD);
	rc = user_set_password(db, role.user_id, call->password,
	                       call->actor.now_at);
	return rc == DB_OK ? audit_row(db, &call->actor, "change", "mst_users",
	                               role.user_id, "usr_password_hash") : rc;
}

enum db_result
role_reset(struct db *db, struct arena *a, struct role_call *call)
{
	return tx_run(db, reset_step, &(struct work){ a, call });
}
