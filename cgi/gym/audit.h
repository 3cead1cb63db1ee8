/* audit.h: who changed which fields of what, when, from where */
#ifndef AUDIT_H
#define AUDIT_H

#include "db/db.h"

/* Who does something, and when. */
struct actor {
	const char *company;
	int64_t user_id;	/* 0: nobody: the command line, a bridge */
	const char *address;	/* of the browser; "" on the command line */
	int64_t now_at;
};

/* One line; names of fields and ids only, never values. */
struct audit {
	const char *company;
	int64_t user_id;	/* 0: nobody: the command line, a bridge */
	const char *action;	/* "add", "change", "close", "sign in" */
	const char *table, *row;
	const char *fields;	/* "usr_password_hash"; may be "" */
	const char *address;	/* of the browser; "" on the command line */
};

/* The names of the fields that differ, "usr_name,usr_email"; at most 12. */
#define AUDIT_FIELDS_SIZE 400
struct audit_fields {
	char text[AUDIT_FIELDS_SIZE];
};
#define AUDIT_FIELDS_INIT { "" }
void audit_field(struct audit_fields *fields, const char *name, bool differs);

/* To be called in the transaction of the change itself. */
enum db_result audit_add(struct db *db, const struct audit *line,
                         int64_t now_at);
/* The same for a row with an id. */
enum db_result audit_row(struct db *db, const struct actor *actor,
                         const char *action, const char *table, int64_t id,
                         const char *fields);

#endif
