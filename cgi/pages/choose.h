/* choose.h: what several forms let people choose: branches, passwords... */
#ifndef CHOOSE_H
#define CHOOSE_H

#include <json-c/json.h>

#include "gym/company.h"
#include "gym/device.h"
#include "http/form.h"

/* A number as a text of the request's arena. */
const char *choose_id_text(struct req *req, int64_t id);

/* The place of a word in a list that ends with NULL; 0 where none was said. */
int choose_place(const char *const *list, const char *word);

/*
 * Puts the branches to choose from into the model: "branch_choices", and
 * "has_branches": there is more than one.
 */
void choose_present_branches(struct form *f, json_object *model,
                             const struct branch_list *list);
/*
 * The branch that was typed into the field "branch"; where there is only one,
 * that one, whatever was typed.  Refuses what is not on the list.
 */
int64_t choose_branch(struct form *f, const struct branch_list *list,
                      int64_t typed);

/*
 * The same for the field "terminal", whose values are serials; and is one of
 * the list?
 */
void choose_present_terminals(struct form *f, json_object *model,
                              const struct device_state *list, size_t count);
bool choose_has_terminal(const struct device_state *list, size_t count,
                         const char *sn);

/*
 * Refuses what was typed into a field as a new password (NULL: nothing, which
 * is not refused) and cannot be one; of whose e-mail and name, or "".
 */
void choose_password(struct form *f, const char *field, const char *typed,
                     const char *email, const char *name);

#endif
