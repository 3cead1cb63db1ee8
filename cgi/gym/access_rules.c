/* access_rules.c: what a gym does about each reason to refuse */
#include "gym/access_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define FIRST ADMIT_NONE	/* whose letter comes first, in order */

static const char letters[] = {
	[ADMIT_REFUSE] = 'R', [ADMIT_WARN] = 'W', [ADMIT_IGNORE] = 'I',
};

const struct admit_rules access_rules_default = {
	.modes = { [ADMIT_OVERDUE] = ADMIT_IGNORE },
	.overdue_days = 7,
	.visit_minutes = 120,
};

static bool
read_mode(char letter, enum admit_mode *out)
{
	const char *at = memchr(letters, letter, sizeof letters);

	if (at == NULL)
		return false;
	*out = (enum admit_mode)(at - letters);
	return true;
}

static bool
read_modes(const char *text, struct admit_rules *out)
{
	for (int v = FIRST; v < ADMIT_REASONS; v++) {
		if (!read_mode(text[v - FIRST], &out->modes[v]))
			return false;
	}
	return text[ADMIT_REASONS - FIRST] == '\0';
}

void
access_rules_modes(const struct admit_rules *rules,
                   char out[ACCESS_RULES_MODES_SIZE])
{
	for (int v = FIRST; v < ADMIT_REASONS; v++)
		out[v - FIRST] = letters[rules->modes[v]];
	out[ADMIT_REASONS - FIRST] = '\0';
}

bool
access_rules_parse(const char *text, struct admit_rules *out)
{
	char modes[16];
	int end = -1;

	*out = (struct admit_rules){ .grace_days = 0 };
	if (text != NULL && sscanf(text, "%15[A-Z],%" SCNd32 ",%" SCNd64
	           ",%" SCNd32 ",%" SCNd64 ",%" SCNd64 "%n", modes,
	           &out->grace_days, &out->overdue_amount, &out->overdue_days,
	           &out->day_visits, &out->visit_minutes, &end) == 6 &&
	    text[end] == '\0' && read_modes(modes, out))
		return true;
	log_error("a company's rules cannot be read from the database");
	return false;
}

enum db_result
access_rules_find(struct db *db, struct arena *a, const char *company,
                  struct admit_rules *out)
{
	struct db_stmt *st = db_begin(db, STMT_ACCESS_RULES);
	const char *text = NULL;
	enum db_result rc;

	db_in_str(st, company);
	db_out_str(st, a, &text);
	rc = db_one(st);
	if (rc == DB_OK && !access_rules_parse(text, out))
		return DB_FAIL;
	return rc;
}
