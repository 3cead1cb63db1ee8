/* form.h: a form's fields by a table: read, checked, drawn again */
#ifndef FORM_H
#define FORM_H

#include "http/http.h"
#include "http/words.h"

enum form_type {
	FORM_LINE,	/* const char *: one line; blanks around it go */
	FORM_LINES,	/* const char *: several lines */
	FORM_WORD,	/* const char *: A-Z a-z 0-9 and `also` */
	FORM_INT,	/* int64_t between `least` and `most` */
	FORM_DAY,	/* int32_t: 31-12-2026 (also / or .), or 2026-12-31;
			   from 1900 to 2199 */
	FORM_LOCAL,	/* int64_t: a day and "18:30", a blank or T between */
	FORM_TIME,	/* int64_t, minutes of a day: "18:30" */
	FORM_MONEY,	/* int64_t, minor units of the form's currency */
	FORM_CHOICE,	/* const char *: one of `choices` */
	FORM_BOOL,	/* bool: a checkbox; never refused */
	FORM_SECRET,	/* const char *: as it is, and never drawn again */
};

/* One field.  One that is left empty leaves its value as it was. */
struct form_field {
	const char *name;
	enum form_type type;
	bool is_required;
	size_t offset;		/* of the value in its struct */
	int64_t least, most;	/* of a text: its characters */
	const char *also;	/* FORM_WORD: what else may stand in it */
	const char *const *choices;	/* ended by NULL */
};

/* A form on its way; plain data, gone with the request. */
struct form {
	struct req *req;
	const struct form_field *fields;
	size_t count;
	const char *currency;	/* for FORM_MONEY; NULL: "INR" */
	const char **typed;	/* of each field; NULL: not sent */
	enum word *errors;	/* of each field */
	bool is_refused;	/* one of them is not WORD_NONE */
	bool is_renewed;	/* form_renew */
};

/*
 * Begins a form with nothing typed: for the first drawing.  form_set puts in
 * what the fields show at first (NULL: nothing).
 */
void form_begin(struct form *f, struct req *req,
                const struct form_field *fields, size_t count);
void form_set(struct form *f, const char *name, const char *text);
void form_set_int(struct form *f, const char *name, int64_t value);
void form_set_day(struct form *f, const char *name, int32_t day);
void form_set_time(struct form *f, const char *name, int64_t minute);
void form_set_money(struct form *f, const char *name, int64_t amount);

/*
 * Reads a posted form, after form_begin, into `values`: all fields, so that all
 * errors are said at once.  True when none is refused.  Texts live in the
 * request's arena.
 */
bool form_read(struct form *f, void *values);

/*
 * The same from the address, for lists: what cannot be read is as if it had
 * not been said, and is not shown.
 */
void form_read_query(struct form *f, void *values);

/* What was typed into a field; "": nothing. */
const char *form_typed(const struct form *f, const char *name);

/* Refuses a field for a reason of the caller's; the first reason stays. */
void form_refuse(struct form *f, const char *name, enum word why);

/*
 * Puts the form into the model.  For each field NAME: what was typed, as
 * "NAME" (a bool for FORM_BOOL; for FORM_CHOICE a bool "NAME_is_VALUE" for
 * each of its choices), and the message as "NAME_error", null when there is
 * none.  And "is_refused", and "nonce": what was posted, or a new one.
 */
void form_present(struct form *f, struct json_object *model);

/*
 * Where somebody else has stored something meanwhile: `stored` is the form as
 * it would first be drawn now.  Puts what differs from what was typed into the
 * model, as "NAME_now" ("-": nothing is there now), null where nothing does; of
 * FORM_SECRET nothing.  `stored` NULL: all are null.
 */
void form_present_now(struct form *f, const struct form *stored,
                      struct json_object *model);

/* One of a list to choose from that the database has. */
struct form_choice {
	const char *value, *text;
};

/*
 * Puts the choices of a field into the model, as "NAME_choices": objects with
 * "value", "text" and "is_chosen".
 */
void form_present_choices(struct form *f, struct json_object *model,
                          const char *name, const struct form_choice *list,
                          size_t count);

/* What was posted is done: the form is drawn with another nonce. */
void form_renew(struct form *f);

#define FORM_NONCE_DIGITS 32	/* lower-case hex */
/* The nonce that was posted: 32 hex digits; NULL: none that is well formed. */
const char *form_nonce(struct req *req);

#define FORM_COUNT(table) (sizeof (table) / sizeof *(table))

#endif
