/* admission.c: a new member, and what they buy, in one go */
#include "gym/admission.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "db/tx.h"
#include "gym/consent.h"

#define CODES_TRIED 50
#define TRIES 5
#define DIGITS_MAX 15

/* ---- codes --------------------------------------------------------------- */

const char *
admission_next_code(struct arena *a, const char *code)
{
	size_t len = strlen(code), head = len;
	int64_t number = 0;

	while (head > 0 && code[head - 1] >= '0' && code[head - 1] <= '9' &&
	       len - head < DIGITS_MAX)
		head--;
	for (size_t i = head; i < len; i++)
		number = number * 10 + (code[i] - '0');
	if (head == len)
		code = arena_printf(a, "%s-1", code);
	else
		code = arena_printf(a, "%.*s%0*" PRId64, (int)head, code,
		                    (int)(len - head), number + 1);
	return strlen(code) > MEMBER_CODE_MAX ? NULL : code;
}

static enum db_result
find_last_code(struct db *db, struct arena *a, const char *company,
               const char **code)
{
	struct db_stmt *st = db_begin(db, STMT_ADMISSION_CODE_LAST);

	db_in_str(st, company);
	db_out_str(st, a, code);
	return db_one(st);
}

/* DB_NONE: it is free. */
static enum db_result
find_code(struct db *db, const char *company, const char *code)
{
	struct db_stmt *st = db_begin(db, STMT_ADMISSION_CODE_FIND);
	int64_t id;

	db_in_str(st, company);
	db_in_str(st, code);
	db_out_int(st, &id);
	return db_one(st);
}

enum db_result
admission_suggest_code(struct db *db, struct arena *a, const char *company,
                       const char **code)
{
	enum db_result rc = find_last_code(db, a, company, code);

	if (rc == DB_NONE) {
		*code = arena_printf(a, "%s-000", company);
		rc = DB_OK;
	}
	for (int i = 0; i < CODES_TRIED && rc == DB_OK; i++) {
		*code = admission_next_code(a, *code);
		if (*code == NULL)
			return DB_OK;
		rc = find_code(db, company, *code);
	}
	if (rc == DB_OK)
		*code = NULL;
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- admitting ----------------------------------------------------------- */

struct work {
	struct arena *arena;
	struct admission *admission;
};

static enum db_result
insert(struct db *db, const struct admission *a)
{
	const struct actor *actor = &a->sale.paid.actor;
	const struct member *m = &a->member;
	struct db_stmt *st = db_begin(db, STMT_ADMISSION_ADD);

	db_in_str(st, actor->company);
	db_in_int(st, m->branch_id);
	db_in_str(st, m->code);
	db_in_str(st, m->name);
	db_in_str(st, m->phone);
	db_in_str(st, m->email);
	db_in_day(st, m->joined_day);
	db_in_day(st, m->birth_day);
	db_in_str(st, a->sale.nonce);
	db_in_at(st, actor->now_at);
	return db_run(st);
}

static enum db_result
admit_one(struct db *db, void *arg)
{
	struct work *w = arg;
	struct admission *a = w->admission;
	const struct actor *actor = &a->sale.paid.actor;
	enum db_result rc = insert(db, a);

	a->member.id = db_last_id(db);
	a->sale.paid.member_id = a->member.id;
	if (rc == DB_OK)
		rc = audit_row(db, actor, "add", "mst_members_lists",
		               a->member.id, "");
	if (rc == DB_OK && a->is_consenting)
		rc = consent_write(db, actor, a->member.id,
		                   CONSENT_BIOMETRICS, true);
	return rc == DB_OK ? renewal_store(db, w->arena, &a->sale) : rc;
}

/* The member of a form that was posted before. */
static enum db_result
find_nonce(struct db *db, struct admission *a)
{
	struct db_stmt *st = db_begin(db, STMT_ADMISSION_FIND_NONCE);

	db_in_str(st, a->sale.paid.actor.company);
	db_in_str(st, a->sale.nonce);
	db_out_int(st, &a->member.id);
	return db_one(st);
}

enum db_result
admission_add(struct db *db, struct arena *arena, struct admission *a)
{
	const char *company = a->sale.paid.actor.company;
	enum db_result rc = a->sale.nonce == NULL ? DB_NONE
		: find_nonce(db, a);

	if (rc != DB_NONE)
		return rc;
	for (int i = 0; i < TRIES; i++) {
		rc = tx_run(db, admit_one, &(struct work){ arena, a });
		if (rc != DB_DUPLICATE)
			return rc;
		/* two at once of the same form, or a second one of this code */
		if (!db_duplicate_key(db, "mbr_code"))
			return find_nonce(db, a);
		if (!a->is_code_suggested)
			return DB_DUPLICATE;
		rc = admission_suggest_code(db, arena, company,
		                            &a->member.code);
		if (rc != DB_OK || a->member.code == NULL)
			return rc == DB_OK ? DB_DUPLICATE : rc;
	}
	return rc == DB_OK ? DB_DUPLICATE : rc;
}
