/* intake_store.h: what intake has decided, written down */
#ifndef INTAKE_STORE_H
#define INTAKE_STORE_H

#include "gym/intake_plan.h"

/* A punch with all that was found out and decided. */
struct intake_item {
	const struct punch *punch;
	struct intake_context context;
	struct intake_plan plan;
};

/* Sets the targets of what the rule needs to know, in the statements' order. */
void intake_out_facts(struct db_stmt *st, struct arena *a,
                      struct intake_context *c);

/*
 * Stores one item, which may turn its answer into INTAKE_REPEAT: the insert
 * is what finds that out.  Inside the caller's transaction, or on its own.
 * A visit that it uses, and the word to the terminals that somebody was
 * refused or has used one, are of the same transaction.  DB_OK; DB_AGAIN or
 * DB_FAIL, when the answer does not hold.  `stored` is set to true when a row
 * was added.
 */
enum db_result intake_store_one(struct db *db, struct intake_item *item,
                                int64_t now_at, bool in_tx, bool *stored);

/*
 * Stores the items of a list, none of them INTAKE_STORE_TAKEN or using a
 * visit, all in one transaction.  DB_DUPLICATE: a race, nothing is stored,
 * store them one by one; DB_AGAIN: begin anew.
 */
enum db_result intake_store_all(struct db *db, struct intake_item *items,
                                size_t count, int64_t now_at, bool *stored);

#endif
