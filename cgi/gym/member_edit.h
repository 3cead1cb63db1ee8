/* member_edit.h: what is known of a member, changed */
#ifndef MEMBER_EDIT_H
#define MEMBER_EDIT_H

#include "gym/audit.h"
#include "gym/member.h"

#define MEMBER_EMAIL_MAX 254
#define MEMBER_CODE_ALSO "-_./"	/* beside letters and digits */

/*
 * Locks the row of a member until the transaction ends, so that what is read
 * of it holds when it changes.  DB_NONE: there is none, or it was erased.
 */
enum db_result member_lock(struct db *db, const char *company, int64_t id);

/*
 * Stores `m`: branch, code, name, phone, e-mail, joined day, date of birth and
 * notes; all else of it is not looked at but id and version, which is the one that somebody
 * has seen.  What stays as it was is not in the audit.
 *
 * DB_OK; DB_NONE: it has another version now, or was erased, and nothing was
 * changed; DB_DUPLICATE: another member of the company has the code.
 */
enum db_result member_edit(struct db *db, struct arena *a,
                           const struct actor *actor, const struct member *m);

#endif
