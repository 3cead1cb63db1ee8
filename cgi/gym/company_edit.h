/* company_edit.h: what the owner settles of a company and its branches */
#ifndef COMPANY_EDIT_H
#define COMPANY_EDIT_H

#include "base/arena.h"
#include "gym/audit.h"
#include "gym/company.h"

#define COMPANY_ADDRESS_MAX 300		/* characters */
#define COMPANY_NOTE_MAX 200		/* characters */
#define COMPANY_PREFIX_MAX 8
#define BRANCH_ZONE_MAX 64

struct company_settings {
	const char *name;
	const char *currency;		/* ISO 4217 */
	int64_t expiring_days;
	int64_t inside_minutes;		/* 0: nobody is told who is inside */
	int64_t absent_days;
	const char *phone_code;		/* "91" */
	const char *address;
	const char *gstin;		/* NULL: none */
	int64_t tax_rate;		/* hundredths of a percent, in the price */
	const char *receipt_prefix, *receipt_note;
	int64_t version;
};

enum db_result company_settings_find(struct db *db, struct arena *a,
                                     const char *company,
                                     struct company_settings *out);
/*
 * A transaction, with its audit row.  `settings->version` is the one that was
 * seen.  DB_NONE: there is another now, and nothing was changed.
 */
enum db_result company_settings_edit(struct db *db, struct arena *a,
                                     const struct actor *actor,
                                     const struct company_settings *settings);
/* DB_OK: it has taken money, in its currency; DB_NONE: it has not. */
enum db_result company_is_paid(struct db *db, const char *company);

/* A branch as its form has it. */
struct branch_typed {
	int64_t id;		/* not of branch_open */
	const char *name, *zone;
	struct branch_hours hours;
	const char *nonce;	/* of branch_open; may be NULL */
	int64_t version;	/* of branch_change: the one that was seen */
};

/* DB_NONE: the company has no such branch. */
enum db_result branch_find_typed(struct db *db, struct arena *a,
                                 const char *company, int64_t id,
                                 struct branch_typed *out);
/*
 * Each a transaction with its audit row.  DB_DUPLICATE: another branch has the
 * name.  branch_open is DB_OK, too, where the same form has done it already;
 * branch_change DB_NONE where there is another version now.
 */
enum db_result branch_open(struct db *db, const struct actor *actor,
                           const struct branch_typed *typed);
enum db_result branch_change(struct db *db, struct arena *a,
                             const struct actor *actor,
                             const struct branch_typed *typed);

#endif
