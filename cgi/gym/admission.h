/* admission.h: a new member, and what they buy, in one go */
#ifndef ADMISSION_H
#define ADMISSION_H

#include "gym/member.h"
#include "gym/renewal.h"

/*
 * The code that comes behind `code`: its last number, one more, as wide as it
 * was: "SF-042" gives "SF-043", "SF-999" "SF-1000", "Rao" "Rao-1".  NULL when
 * it would be too long.  Pure.
 */
const char *admission_next_code(struct arena *a, const char *code);

/*
 * The first code that is free, behind that of who came last; of the first
 * member COMPANY-001.  `*code` is NULL where none is found nearby.
 */
enum db_result admission_suggest_code(struct db *db, struct arena *a,
                                      const char *company, const char **code);

/* Who is admitted, what they buy, and what came of it. */
struct admission {
	struct member member;	/* branch, code, name, phone, e-mail, joined
				   day, date of birth; `id` is set */
	bool is_code_suggested;	/* another one does as well, if it is taken */
	bool is_consenting;	/* to biometrics */
	struct renewal sale;	/* its member is set */
};

/*
 * Member, consent, subscription, payment, receipt: all or nothing.  DB_OK:
 * also where the same form (the nonce of the sale) had been posted before.
 * DB_NONE: `sale.fault` says why not; DB_DUPLICATE: another has the code.
 */
enum db_result admission_add(struct db *db, struct arena *a,
                             struct admission *admission);

#endif
