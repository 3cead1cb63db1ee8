/* mappings.h: what the pages of mappings share */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <json-c/json.h>

#include "db/tx.h"
#include "gym/mapping.h"
#include "http/form.h"

/* The page of a number: whose it is, and whose it was. */
const char *mappings_number_url(struct arena *a, const char *sn,
                                const char *user_id);
/* What a call needs of its request. */
struct mapping_call mappings_call(struct req *req);

/*
 * Runs one of mapping_add, mapping_end, mapping_move as a transaction, then
 * takes in what waited for it and wakes the dashboards.  HTTP_200: done, or
 * `call->fault` says why not; HTTP_503.
 */
enum status mappings_run(struct req *req, struct mapping_call *call,
                         enum db_result (*step)(struct db *db, struct arena *a,
                                                struct mapping_call *call));
/* Why not, in words. */
enum word mappings_word(enum mapping_fault fault);
/* Why not: at the field of the moment if it is that, else as "fault_text". */
void mappings_refuse(struct form *form, json_object *model,
                     const char *moment, enum mapping_fault fault);

/* Whose a number was, as "history": member_text, from_text, to_text. */
void mappings_present_history(json_object *model,
                              const struct mapping_list *list);

#endif
