/* message_rule.h: when members are reminded of what, and with which words */
#ifndef MESSAGE_RULE_H
#define MESSAGE_RULE_H

#include "gym/message.h"

#define MESSAGE_RULES_MAX 40		/* of one company */
#define MESSAGE_RULE_DAYS_MAX 365
#define MESSAGE_RULE_TEXT_MAX 1000	/* characters */
#define MESSAGE_TEMPLATE_MAX 120	/* bytes: a-z 0-9 _ */
#define MESSAGE_LANGUAGE_MAX 15		/* bytes: "en", "en_US" */

struct message_rule {
	int64_t id;
	enum message_kind kind;
	int64_t days;
	bool is_on;
	int64_t on_at;		/* since when; CLOCK_NO_TIME: always */
	const char *template, *language;	/* at the service */
	const char *text;	/* see message_text.h */
	bool is_named;		/* the template's parameters have names */
	int64_t version;
	int64_t paused_at;	/* the service does not take it; CLOCK_NO_TIME:
				   it does */
	int64_t pause_code;
	const char *pause_words;
};

struct message_rules {
	struct message_rule *rows;
	size_t count;
};

/* A company begins with these; the last, ABSENT, is off. */
extern const struct message_rule message_rule_defaults[];
extern const size_t message_rule_default_count;

/* All of a company: BEFORE by days falling, ON, AFTER and ABSENT rising. */
enum db_result message_rule_list(struct db *db, struct arena *a,
                                 const char *company,
                                 struct message_rules *out);
/* That of a kind and days; NULL: there is none. */
const struct message_rule *message_rule_of(const struct message_rules *rules,
                                           enum message_kind kind,
                                           int64_t days);
/* Adds one, on from now; DB_DUPLICATE: there is one of that kind and days. */
enum db_result message_rule_insert(struct db *db, const char *company,
                                   const struct message_rule *rule,
                                   int64_t now_at);
/*
 * The template of all rules that use it is not to be used until somebody has
 * changed the rule or says so; `words` are the service's, at most
 * MESSAGE_ERROR_MAX characters of them are kept.  DB_NONE: it was so, or no
 * rule uses it.
 */
enum db_result message_rule_pause(struct db *db, const char *company,
                                  const char *template, const char *language,
                                  int64_t code, const char *words,
                                  int64_t now_at);

#endif
