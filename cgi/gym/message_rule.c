/* message_rule.c: when members are reminded of what, and with which words */
#include "gym/message_rule.h"

#include "base/clock.h"

#define STOP " Reply STOP to get no more of these messages."

#define BEFORE(n) { .kind = MESSAGE_BEFORE, .days = n, .is_on = true, \
	.template = "membership_ending", .language = "en", \
	.text = "Hello {{first_name}}, your membership at {{gym}} ends on " \
	"{{date}}. You can renew it at the desk." STOP }
#define AFTER(n) { .kind = MESSAGE_AFTER, .days = n, .is_on = true, \
	.template = "membership_ended", .language = "en", \
	.text = "Hello {{first_name}}, your membership at {{gym}} ended on " \
	"{{date}}. You can renew it at the desk." STOP }

const struct message_rule message_rule_defaults[] = {
	BEFORE(7), BEFORE(3), BEFORE(1),
	{ .kind = MESSAGE_ON, .is_on = true,
	  .template = "membership_ends_today", .language = "en",
	  .text = "Hello {{first_name}}, your membership at {{gym}} ends "
	  "today, {{date}}. You can renew it at the desk." STOP },
	AFTER(1), AFTER(7),
	{ .kind = MESSAGE_ABSENT, .days = 14,
	  .template = "member_absent", .language = "en",
	  .text = "Hello {{first_name}}, we have not seen you at {{gym}} "
	  "since {{date}}. We hope you are well." STOP },
};

const size_t message_rule_default_count =
	sizeof message_rule_defaults / sizeof *message_rule_defaults;

enum db_result
message_rule_list(struct db *db, struct arena *a, const char *company,
                  struct message_rules *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_RULE_LIST);
	struct message_rule r = { 0 };
	const char *kind;
	enum db_result rc;

	*out = (struct message_rules){
		arena_alloc(a, MESSAGE_RULES_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_out_int(st, &r.id);
	db_out_str(st, a, &kind);
	db_out_int(st, &r.days);
	db_out_bool(st, &r.is_on);
	db_out_at(st, &r.on_at);
	db_out_str(st, a, &r.template);
	db_out_str(st, a, &r.language);
	db_out_str(st, a, &r.text);
	db_out_bool(st, &r.is_named);
	db_out_int(st, &r.version);
	db_out_at(st, &r.paused_at);
	db_out_int(st, &r.pause_code);
	db_out_str(st, a, &r.pause_words);
	while ((rc = db_next(st)) == DB_OK && out->count < MESSAGE_RULES_MAX) {
		r.kind = message_kind_of(kind);
		out->rows[out->count++] = r;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

const struct message_rule *
message_rule_of(const struct message_rules *rules, enum message_kind kind,
                int64_t days)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->rows[i].kind == kind && rules->rows[i].days == days)
			return &rules->rows[i];
	}
	return NULL;
}

enum db_result
message_rule_insert(struct db *db, const char *company,
                    const struct message_rule *rule, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_RULE_ADD);

	db_in_str(st, company);
	db_in_str(st, message_kind_word(rule->kind));
	db_in_int(st, rule->days);
	db_in_int(st, rule->is_on);
	db_in_str(st, rule->template);
	db_in_str(st, rule->language);
	db_in_str(st, rule->text);
	db_in_int(st, rule->is_named);
	db_in_at(st, now_at);
	db_in_at(st, now_at);
	return db_run(st);
}

enum db_result
message_rule_pause(struct db *db, const char *company, const char *template,
                   const char *language, int64_t code, const char *words,
                   int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_RULE_PAUSE);

	db_in_at(st, now_at);
	db_in_int(st, code);
	db_in_str(st, words);
	db_in_str(st, company);
	db_in_str(st, template);
	db_in_str(st, language);
	return db_run(st);
}
