/* present.h: C structs into models ready to print */
#ifndef PRESENT_H
#define PRESENT_H

#include <json-c/json.h>

#include "gym/device.h"
#include "gym/feed.h"
#include "gym/member.h"
#include "gym/session.h"
#include "gym/subscription.h"
#include "gym/today.h"
#include "http/http.h"

/* Each adds one name to a model; a NULL text becomes null. */
void present_str(json_object *model, const char *name, const char *text);
void present_bool(json_object *model, const char *name, bool value);
void present_number(json_object *model, const char *name, int64_t number);

/*
 * What the layout asks for of somebody who is signed in; `path` of the page
 * tells where in the navigation it is.
 */
void present_session(json_object *model, const struct session *session,
                     const char *csrf, const char *path);
/* What it asks for of nobody. */
void present_nobody(json_object *model);

/* Where the owner answers for the MAC address of a terminal: "mac_url". */
void present_mac_url(json_object *model, const char *sn);

/*
 * Where staff say whose a number of a terminal is: "number_url"; null where
 * `sn` is NULL.
 */
void present_number_url(json_object *model, const char *sn,
                        const char *user_id);

/* The model of partials/punch.html; the caller owns it. */
json_object *present_punch(const struct feed_row *row);

/* "98765 43210" as people of `country` ("91") read it; null for NULL. */
void present_phone(json_object *model, const char *name, const char *e164,
                   const char *country);
/* "₹1,500": an amount of the currency. */
void present_money(json_object *model, const char *name, int64_t amount,
                   const char *currency);
/* CASH, UPI, CARD or BANK, as partials/paid_by.html asks for it. */
void present_method(json_object *model, const char *method);
/* "12 Mar 2026"; null for CLOCK_NO_DAY. */
void present_day(json_object *model, const char *name, int32_t day);
/* "12 Mar 2026, 7:30 am"; null for CLOCK_NO_TIME. */
void present_moment(json_object *model, const char *name, int64_t local);
/* The same of an instant, by the clock of a zone. */
void present_instant(json_object *model, const char *name, int64_t at,
                     const char *zone);
/*
 * How a member stands: until_text ("12 Mar 2026" or null), and of is_active,
 * is_expired, is_none, is_future, is_frozen, is_inactive exactly one true.
 */
void present_state(json_object *model, const struct member *member);

/* What partials/feed.html shows: all of the dashboard that moves. */
struct present_today {
	int64_t now_at;
	int32_t day;
	struct feed_list rows;
	struct feed_counts counts;
	struct today today;
	struct subscription_counts members;
	struct device_state *devices;
	size_t device_count;
};

/* Which day it is at the gym of a scope; false when the database is away. */
bool present_find_day(struct db *db, struct arena *a,
                      const struct feed_scope *scope, int64_t now_at,
                      int32_t *day);

/*
 * Reads it from the database for a scope.  HTTP_200, or HTTP_503.  For the live
 * hub, which keeps what is usual (see today_read) and has no use for the rows:
 * they are read where `kept` is NULL.
 */
enum status present_read_today(struct db *db, struct arena *a,
                               const struct feed_scope *scope, int64_t now_at,
                               struct today_usual *kept,
                               struct present_today *out);
/* Adds the names of counts.html, terminals.html and feed.html. */
void present_counts(json_object *model, const struct present_today *today);
void present_feed(json_object *model, const struct present_today *today);

#endif
