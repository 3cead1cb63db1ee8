/* message_rule.h: the page of a reminder on its way */
#ifndef PAGE_MESSAGE_RULE_H
#define PAGE_MESSAGE_RULE_H

#include "gym/message_rule_edit.h"
#include "gym/messaging.h"
#include "http/form.h"
#include "pages/message_preview.h"

struct message_rule_page {
	struct req *req;
	struct form form, test;
	struct messaging messaging;
	struct message_rules rules;
	struct message_rule rule;	/* as stored, then as typed; id 0: new */
	struct message_preview preview;
	const char *hand_url;	/* opens a test by hand, or NULL */
	bool is_stale, is_wanted;	/* only to be shown */
};

/* Begins with the rule of the address, or a new one; 200, 404 or 503. */
enum status message_rule_page_begin(struct message_rule_page *p,
                                    struct req *req);
/* Fills the form with the rule. */
void message_rule_page_set(struct message_rule_page *p);
enum status message_rule_page_draw(struct message_rule_page *p,
                                   struct res *res);

#endif
