/* member_erase.h: a member is forgotten */
#ifndef MEMBER_ERASE_H
#define MEMBER_ERASE_H

#include "gym/audit.h"
#include "gym/member.h"

/*
 * Who it was goes: name (`name` stands for it from now on), phone, e-mail,
 * notes, the words at freezes, the photo.  Consents are taken back, and
 * numbers at the terminals end at `now_local`, the wall clock of the branch.
 * Ids, visits and accounts stay.  DB_NONE: there is no such member, or it was
 * erased before.
 */
enum db_result member_erase(struct db *db, struct arena *a,
                            const struct actor *actor, int64_t member_id,
                            const char *name, int64_t now_local);

#endif
