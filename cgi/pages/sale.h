/* sale.h: plan, price and payment, as three pages ask for them */
#ifndef SALE_H
#define SALE_H

#include "gym/renewal.h"
#include "http/form.h"

/* What is typed of a sale; the fields are SALE_FIELDS of partials/sale.html. */
struct sale_typed {
	int64_t plan, price, paid;
	int64_t plan_was;	/* for which the price was drawn */
	int32_t start;
	const char *method, *reference;
};

extern const char *const sale_methods[];

/* The rows of a field table, of a struct that has a `sale` within. */
#define SALE_FIELD(type_, field_, ...) \
	{ .name = #field_, .type = type_, \
	  .offset = offsetof(struct typed, sale) + \
		offsetof(struct sale_typed, field_), __VA_ARGS__ }
#define SALE_FIELDS \
	SALE_FIELD(FORM_CHOICE, method, .is_required = true, \
	           .choices = sale_methods), \
	SALE_FIELD(FORM_MONEY, paid, .is_required = true), \
	SALE_FIELD(FORM_INT, plan, .is_required = true, .least = 1, \
	           .most = INT64_MAX), \
	SALE_FIELD(FORM_INT, plan_was, .least = 1, .most = INT64_MAX), \
	SALE_FIELD(FORM_MONEY, price, .is_required = true), \
	SALE_FIELD(FORM_LINE, reference, .most = PAYMENT_REFERENCE_MAX), \
	SALE_FIELD(FORM_DAY, start, .is_required = true)

/* Fills the fields at first: this plan from this day, all of it paid. */
void sale_suggest(struct form *f, const struct plan *plan, int32_t start_day);

/* UPI without a reference is refused; true when nothing is. */
bool sale_check(struct form *f, const struct sale_typed *typed);

/*
 * Another plan was chosen, without the script that would have put its price in:
 * does so now, and refuses, so that nobody sells a year for the price of a
 * month.  A price that was typed on purpose stays.  HTTP_200 or HTTP_503.
 */
enum status sale_follow_plan(struct form *f, const struct sale_typed *typed);

/* Who sells what: `renewal` as it is to be sold to a member. */
void sale_take(struct req *req, const struct sale_typed *typed, int32_t today,
               struct renewal *out);

/* Says at the field why a sale came to nothing. */
void sale_refuse(struct form *f, enum renewal_fault fault);

/* Adds the plans to choose from: "plan_choices", "has_plans". */
enum status sale_present_plans(struct form *f, struct json_object *model,
                               int64_t branch_id);

#endif
