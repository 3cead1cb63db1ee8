/* remind.c: reminders of all companies, found and sent */
#include "pages/remind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "gym/message_plan.h"
#include "gym/message_send.h"
#include "gym/message_wait.h"
#include "pages/message_words.h"

#define COMPANIES 200		/* of one look */

struct run {
	const struct site *site;
	const struct remind_options *options;
	struct db *db;
	struct arena *a;	/* of one company */
	struct sender *sender;
};

/* What one company came to. */
struct tally {
	int64_t found, wait;
	struct message_sent sent;
};

/* ---- sending ------------------------------------------------------------- */

static const char *
write_message(struct arena *a, const struct message_rule *rule,
              const struct message_facts *facts, int32_t anchor_day,
              const char *values[MESSAGE_FIELD__COUNT])
{
	struct message_values list;

	message_words_values(a, facts, rule->days, anchor_day, &list);
	memcpy(values, list.list, sizeof list.list);
	return message_words_text(a, rule->text, &list);
}

/*
 * What is not set up for the service is said where anything waits for it, and
 * waits.
 */
static enum db_result
send_due(const struct run *r, const char *company, const struct messaging *m,
         const struct sender_type *type, struct tally *t)
{
	struct sender_account account = {
		.url = r->site->whatsapp_url,
		.version = r->site->whatsapp_version,
		.ca_file = r->site->whatsapp_ca_file,
		.phone_id = m->phone_id,
	};
	struct message_sending sending = {
		company, type, &account, r->sender,
		clock_mono_ms() + REMIND_TURN_MS, write_message,
	};
	char error[512] = "its number at the service is not set";
	char *token = NULL;
	enum db_result rc = DB_OK;

	if (m->paused_at != CLOCK_NO_TIME)
		return DB_OK;
	if (m->phone_id != NULL)
		token = site_load_token(r->site, r->options->tokens, company,
		                        error, sizeof error);
	account.token = token;
	if (token != NULL && *token != '\0')
		rc = message_send_due(r->db, &sending, &t->sent);
	else if (t->wait > 0)
		log_warn("%s: nothing is sent: %s", company,
		         token == NULL ? error : "its token is empty");
	free(token);
	return rc;
}

/* ---- a company ----------------------------------------------------------- */

static int64_t
sum(const int64_t *numbers, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += numbers[i];
	return total;
}

static void
print_plan(const struct run *r, const struct message_plan *plan)
{
	for (size_t i = 0; i < plan->rules->count; i++) {
		const struct message_rule *rule = &plan->rules->rows[i];
		int64_t count = plan->found[i] + plan->waiting[i];

		if (count > 0)
			printf("%s: %lld: %s%s\n", plan->company,
			       (long long)count,
			       message_words_rule(r->a, rule->kind,
			                          rule->days),
			       rule->paused_at == CLOCK_NO_TIME ? ""
			       : " (paused)");
	}
}

static enum db_result
find(const struct run *r, struct message_plan *plan, struct tally *t)
{
	enum db_result rc = message_plan_find(r->db, plan);

	t->found = sum(plan->found, plan->rules->count);
	if (rc == DB_OK && !plan->is_dry)
		rc = message_wait_abandon(r->db, plan->company, plan->now_at,
		                          &t->sent.unknown);
	return rc == DB_OK ? message_wait_count(r->db, plan->company, &t->wait)
		: rc;
}

/* What still waits may have become untrue, whoever is to send it. */
static enum db_result
look_again(const struct run *r, struct message_plan *plan, struct tally *t)
{
	enum db_result rc = message_wait_sweep(r->db, plan);

	return rc == DB_OK ? message_wait_count(r->db, plan->company, &t->wait)
		: rc;
}

static void
log_tally(const char *company, const struct tally *t)
{
	if (t->found == 0 && t->sent.accepted == 0 && t->sent.refused == 0 &&
	    t->sent.unknown == 0)
		return;
	log_info("%s: %lld found, %lld sent, %lld refused, %lld unknown, "
	         "%lld wait", company, (long long)t->found,
	         (long long)t->sent.accepted, (long long)t->sent.refused,
	         (long long)t->sent.unknown, (long long)t->wait);
}

/* One look at a company: what it wants now, and what it is by now. */
struct look {
	struct messaging m;
	struct message_rules rules;
	struct message_plan plan;
};

static enum db_result
begin(const struct run *r, const char *company, struct look *l)
{
	enum db_result rc;

	l->plan = (struct message_plan){
		.company = company, .settings = &l->m, .rules = &l->rules,
		.now_at = clock_now_ms(), .is_dry = r->options->is_dry,
	};
	rc = messaging_open(r->db, r->a, company, l->plan.now_at, &l->m);
	return rc == DB_OK ? message_rule_list(r->db, r->a, company,
	                                       &l->rules) : rc;
}

static enum db_result
find_company(const struct run *r, const char *company, struct tally *t)
{
	struct look l;
	enum db_result rc = begin(r, company, &l);

	if (rc == DB_OK)
		rc = find(r, &l.plan, t);
	if (rc != DB_OK || !l.plan.is_dry)
		return rc;
	rc = look_again(r, &l.plan, t);
	if (rc == DB_OK)
		print_plan(r, &l.plan);
	return rc;
}

/* Looks anew before it judges what waits: sending may have taken minutes. */
static enum db_result
send_company(const struct run *r, const char *company, struct tally *t)
{
	const struct sender_type *type;
	struct look l;
	enum db_result rc = begin(r, company, &l);

	type = rc == DB_OK ? sender_of(l.m.sender) : NULL;
	if (type != NULL && type->send != NULL)
		rc = send_due(r, company, &l.m, type, t);
	if (rc == DB_OK)
		rc = begin(r, company, &l);
	if (rc == DB_OK)
		rc = look_again(r, &l.plan, t);
	log_tally(company, t);
	return rc;
}

/* ---- all ----------------------------------------------------------------- */

/* All codes, in the arena. */
struct companies {
	const char **list;
	struct tally *tallies;
	size_t count;
};

/* Those behind `after`: at most COMPANIES. */
static enum db_result
read_some(struct db *db, struct arena *a, const char *after,
          const char *list[COMPANIES], size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_COMPANIES);
	const char *code;
	enum db_result rc;

	*count = 0;
	db_in_str(st, after);
	db_out_str(st, a, &code);
	while ((rc = db_next(st)) == DB_OK && *count < COMPANIES)
		list[(*count)++] = code;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
read_all(struct db *db, struct arena *a, struct companies *out)
{
	const char *some[COMPANIES], **longer;
	size_t count = COMPANIES;
	enum db_result rc = DB_OK;

	*out = (struct companies){ NULL, NULL, 0 };
	while (rc == DB_OK && count == COMPANIES) {
		rc = read_some(db, a, out->count == 0 ? ""
		               : out->list[out->count - 1], some, &count);
		longer = arena_alloc(a, (out->count + count) *
		                     sizeof *longer);
		if (out->count > 0)
			memcpy(longer, out->list,
			       out->count * sizeof *longer);
		memcpy(longer + out->count, some, count * sizeof *longer);
		out->list = longer;
		out->count += count;
	}
	out->tallies = arena_alloc(a, out->count * sizeof *out->tallies);
	memset(out->tallies, 0, out->count * sizeof *out->tallies);
	return rc;
}

/* One that fails does not stop the others. */
static bool
is_done(struct run *r, const char *company, enum db_result rc)
{
	arena_reset(r->a);
	if (rc != DB_OK)
		log_error("reminders of company %s were not done", company);
	return rc == DB_OK;
}

static bool
find_all(struct run *r, struct companies *all)
{
	bool fine = true;

	for (size_t i = 0; i < all->count; i++)
		fine = is_done(r, all->list[i], find_company(r, all->list[i],
			&all->tallies[i])) && fine;
	return fine;
}

/* Begins with another one each time, for the time may not suffice for all. */
static bool
send_all(struct run *r, struct companies *all)
{
	int64_t end = clock_mono_ms() + REMIND_RUN_MS;
	size_t first = all->count == 0 ? 0
		: (size_t)(clock_now_ms() / REMIND_EVERY_MS) % all->count;
	bool fine = true;

	for (size_t i = 0; i < all->count; i++) {
		size_t which = (first + i) % all->count;

		if (clock_left_ms(end) == 0) {
			log_warn("%zu companies wait for the next run",
			         all->count - i);
			break;
		}
		fine = is_done(r, all->list[which], send_company(r,
			all->list[which], &all->tallies[which])) && fine;
	}
	return fine;
}

bool
remind_run(const struct site *site, struct db *db,
           const struct remind_options *options)
{
	struct run r = { site, options, db, arena_create(), sender_create() };
	struct arena *codes = arena_create();
	struct companies all;
	bool fine = read_all(db, codes, &all) == DB_OK;

	fine = find_all(&r, &all) && fine;
	if (!options->is_dry)
		fine = send_all(&r, &all) && fine;
	arena_destroy(codes);
	arena_destroy(r.a);
	sender_destroy(r.sender);
	return fine;
}
