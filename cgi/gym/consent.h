/* consent.h: what members have agreed to, and when they took it back */
#ifndef CONSENT_H
#define CONSENT_H

#include "gym/audit.h"

/* In the order in which they are shown. */
enum consent_kind {
	CONSENT_BIOMETRICS,	/* a finger or a face at the terminals */
	CONSENT_PHOTO,
	CONSENT_MESSAGES,
	CONSENT__COUNT
};

/* "BIOMETRICS" and so on; and back, false for any other word. */
const char *consent_word(enum consent_kind kind);
bool consent_from_word(const char *word, enum consent_kind *kind);

#define CONSENT_LIST_MAX 99	/* the newest of one member, 33 of a kind */

struct consent {
	int64_t id;
	enum consent_kind kind;
	bool is_given;		/* else taken back */
	int64_t at;
	const char *user;	/* who wrote it in; NULL: nobody knows */
	bool is_by_message;	/* the member's own; else somebody wrote it in */
	int64_t again_count;	/* so often the same message came after it */
};

struct consent_list {
	struct consent *rows;
	size_t count;
};

/* What a member said, the newest first: of each kind, that one holds. */
enum db_result consent_list(struct db *db, struct arena *a,
                            const char *company, int64_t member_id,
                            struct consent_list *out);

/*
 * Writes it in, unless it stands so already (never given is taken back).
 * Without the consent to a photo the photo goes.  DB_NONE: the member is no
 * more.
 */
enum db_result consent_set(struct db *db, const struct actor *actor,
                           int64_t member_id, enum consent_kind kind,
                           bool is_given);
/* The same in a transaction of which the member's row is held, or new. */
enum db_result consent_write(struct db *db, const struct actor *actor,
                             int64_t member_id, enum consent_kind kind,
                             bool is_given);
/*
 * What a member has said to messages in a message at an instant: it is written
 * in, though it stand so already, unless something newer is known; within one
 * second it holds that they are not wanted.  What a message has said before is
 * only counted, with its instant.  So it does not matter in which order and
 * how often it comes.  Where the number `is_shared`, so that another
 * may have written, it gives back no more than a message has taken.  In a
 * transaction that holds the member's row.
 */
enum db_result consent_tell(struct db *db, const struct actor *actor,
                            int64_t member_id, bool is_given, bool is_shared,
                            int64_t at);
/* Takes all of them back, within the transaction of an erasure. */
enum db_result consent_withdraw_all(struct db *db, const struct actor *actor,
                                    int64_t member_id);

#endif
