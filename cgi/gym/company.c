/* company.c: companies and their branches */
#include "gym/company.h"

#include "base/clock.h"

enum db_result
company_add(struct db *db, const char *code, const char *name,
            const char *currency, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_ADD);

	db_in_str(st, code);
	db_in_str(st, name);
	db_in_str(st, currency);
	db_in_at(st, now_at);
	return db_run(st);
}

enum db_result
company_find(struct db *db, struct arena *a, const char *code,
             struct company *out)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_FIND);

	db_in_str(st, code);
	db_out_str(st, a, &out->name);
	db_out_int(st, &out->expiring_days);
	db_out_int(st, &out->inside_minutes);
	db_out_int(st, &out->absent_days);
	db_out_str(st, a, &out->address);
	db_out_str(st, a, &out->receipt_prefix);
	db_out_str(st, a, &out->receipt_note);
	db_out_int(st, &out->branch_id);
	db_out_str(st, a, &out->zone);
	return db_one(st);
}

enum db_result
company_bump(struct db *db, const char *code)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_BUMP);

	db_in_str(st, code);
	return db_run(st);
}

enum db_result
company_bump_door(struct db *db, const char *code)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_BUMP_DOOR);

	db_in_str(st, code);
	return db_run(st);
}

enum db_result
company_lock(struct db *db, const char *code)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_LOCK);
	int64_t version;

	db_in_str(st, code);
	db_out_int(st, &version);
	return db_one(st);
}

enum db_result
company_each(struct db *db, struct arena *a,
             void (*each)(const char *code, const char *name,
                          const char *status))
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_LIST);
	const char *code, *name, *status;
	enum db_result rc;

	db_out_str(st, a, &code);
	db_out_str(st, a, &name);
	db_out_str(st, a, &status);
	while ((rc = db_next(st)) == DB_OK)
		each(code, name, status);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
branch_add(struct db *db, const char *company, const char *name,
           const char *zone, const struct branch_hours *hours,
           const char *nonce, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_ADD);

	db_in_str(st, company);
	db_in_str(st, name);
	db_in_str(st, zone);
	db_in_at(st, now_at);
	db_in_str(st, nonce);
	db_in_int(st, hours->opens);
	db_in_int(st, hours->closes);
	return db_run(st);
}

enum db_result
branch_find(struct db *db, const char *company, const char *name, int64_t *id)
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_FIND_NAME);

	db_in_str(st, company);
	db_in_str(st, name);
	db_out_int(st, id);
	return db_one(st);
}

enum db_result
branch_list(struct db *db, struct arena *a, const char *company,
            struct branch_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_LIST);
	struct branch branch;
	enum db_result rc;

	*out = (struct branch_list){
		arena_alloc(a, BRANCH_LIST_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_out_int(st, &branch.id);
	db_out_str(st, a, &branch.name);
	db_out_str(st, a, &branch.zone);
	while ((rc = db_next(st)) == DB_OK)
		out->rows[out->count++] = branch;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
branch_each(struct db *db, struct arena *a, const char *company,
            void (*each)(const struct branch *branch))
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_LIST);
	struct branch branch;
	enum db_result rc;

	db_in_str(st, company);
	db_out_int(st, &branch.id);
	db_out_str(st, a, &branch.name);
	db_out_str(st, a, &branch.zone);
	while ((rc = db_next(st)) == DB_OK)
		each(&branch);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
branch_zone(struct db *db, struct arena *a, const char *company,
            int64_t branch_id, const char **zone)
{
	struct company found = { 0 };
	struct db_stmt *st;
	enum db_result rc;
	int64_t id;

	if (branch_id == 0) {
		rc = company_find(db, a, company, &found);
	} else {
		st = db_begin(db, STMT_BRANCH_FIND);
		db_in_str(st, company);
		db_in_int(st, branch_id);
		db_out_int(st, &id);
		db_out_str(st, a, &found.zone);
		rc = db_one(st);
	}
	*zone = found.zone;
	return rc == DB_OK && found.zone == NULL ? DB_NONE : rc;
}

enum db_result
branch_local(struct db *db, struct arena *a, const char *company,
             int64_t branch_id, int64_t at, int64_t *local)
{
	const char *zone;
	enum db_result rc = branch_zone(db, a, company, branch_id, &zone);

	if (rc == DB_OK)
		*local = clock_local(zone, at);
	return rc;
}
