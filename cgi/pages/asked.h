/* asked.h: what the address of a page is about */
#ifndef ASKED_H
#define ASKED_H

#include "gym/audit.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/member.h"
#include "http/http.h"

/*
 * The member of the address, its :id.  HTTP_200; HTTP_404 where there is none,
 * or one of another company or of a branch that the caller may not see;
 * HTTP_503.  The state is as kept: call asked_states first where it is shown.
 */
enum status asked_member(struct req *req, struct member *out);
/* The same, but one who was erased is HTTP_404, too: to be changed. */
enum status asked_living_member(struct req *req, struct member *out);

/* The same of a terminal: its :sn, one that the company has now. */
enum status asked_device(struct req *req, struct device *out,
                         const char **sn);

/* The branches that the caller may see; HTTP_200, or HTTP_503. */
enum status asked_branches(struct req *req, struct branch_list *out);

/*
 * The one that the address chooses with ?branch=; 0: all that the caller may
 * see.  HTTP_200; HTTP_404 for one of another company or that the caller may
 * not see, and for what is no id; HTTP_503.
 */
enum status asked_branch(struct req *req, int64_t *branch_id);

/* Judges the states of the company's members by the day it is there. */
enum status asked_states(struct req *req);
/* Which day it is at a branch (0: the first); HTTP_200, or HTTP_503. */
enum status asked_today(struct req *req, int64_t branch_id, int32_t *day);

/*
 * The zone of the first branch that the caller sees; "UTC" where there is
 * none.  HTTP_200, or HTTP_503.
 */
enum status asked_zone(struct req *req, const char **zone);

/* What a search for what the address names has come to: 200, 404 or 503. */
enum status asked_found(enum db_result rc);

/* Who asks, for the audit. */
struct actor asked_actor(const struct req *req);

#endif
