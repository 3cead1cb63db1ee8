/* import.h: members, subscriptions and numbers out of a table of text */
#ifndef IMPORT_H
#define IMPORT_H

#include "base/csv.h"
#include "gym/audit.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/plan.h"

enum import_kind {
	IMPORT_MEMBERS,
	IMPORT_SUBSCRIPTIONS,
	IMPORT_MAPPINGS,
	IMPORT_KIND__COUNT
};

/* "members" and so on; and back, false for any other word. */
const char *import_kind_word(enum import_kind kind);
bool import_kind_from_word(const char *word, enum import_kind *kind);

/* What a cell holds. */
enum import_type {
	IMPORT_BRANCH, IMPORT_CODE, IMPORT_DAY, IMPORT_EMAIL, IMPORT_LINE,
	IMPORT_LINES, IMPORT_MOMENT, IMPORT_MONEY, IMPORT_NUMBER, IMPORT_PHONE,
	IMPORT_PLAN, IMPORT_TERMINAL,
	IMPORT_TYPE__COUNT
};

/* A column that a kind of table may have. */
struct import_column {
	const char *name;	/* what heads it in our own files */
	const char *aliases;	/* what else does: "a|b", without blanks, dashes
				   and underscores, in small letters */
	enum import_type type;
	bool is_required;
	size_t offset;		/* of the value in struct import_row */
	size_t most;		/* characters of a text */
	const char *field;	/* as the audit calls it */
	const char *example;
};

/* The columns of a kind, and how many. */
const struct import_column *import_columns(enum import_kind kind,
                                           size_t *count);

/* What is wrong; each has a sentence. */
enum import_fault {
	IMPORT_FINE,

	/* of the text of a row */
	IMPORT_CONTROL, IMPORT_LOST, IMPORT_LONG_CELL, IMPORT_MANY_CELLS,
	IMPORT_OPEN_QUOTE,
	/* of what a spreadsheet did to a cell */
	IMPORT_HASHES, IMPORT_ROUNDED, IMPORT_FORMULA_FAILED,
	/* of the header */
	IMPORT_NO_COLUMN, IMPORT_SAME_COLUMN,

	/* of a value */
	IMPORT_MISSING, IMPORT_TOO_LONG, IMPORT_NOT_ONE_LINE, IMPORT_BAD_CODE,
	IMPORT_BAD_PHONE, IMPORT_BAD_EMAIL, IMPORT_BAD_NUMBER, IMPORT_NO_DAY,
	IMPORT_MONTH_FIRST, IMPORT_SERIAL, IMPORT_ODD_DAY, IMPORT_ODD_BIRTH,
	IMPORT_NOT_MONEY,
	/* of a name that the gym does not have: the detail lists those it has */
	IMPORT_NO_BRANCH, IMPORT_WHICH_BRANCH, IMPORT_NO_PLAN,
	IMPORT_WHICH_PLAN, IMPORT_NO_TERMINAL, IMPORT_WHICH_TERMINAL,

	/* of a row as a whole; a detail is a line, a member, days */
	IMPORT_TWICE, IMPORT_NAMELESS, IMPORT_ERASED, IMPORT_NO_MEMBER,
	IMPORT_ZEROS_LOST, IMPORT_END_FIRST, IMPORT_OVERLAPS,
	IMPORT_OVERLAPS_LINE, IMPORT_HELD, IMPORT_HELD_THEN, IMPORT_FUTURE,

	IMPORT_FAULT__COUNT
};

struct import_problem {
	size_t line;
	const char *column;	/* as the file calls it; "": the whole row */
	const char *value;
	enum import_fault fault;
	const char *detail;	/* NULL: none */
};

enum import_effect {
	IMPORT_NEW,
	IMPORT_CHANGED,
	IMPORT_UNCHANGED,
	IMPORT_EFFECT__COUNT
};

/* A row as understood; of its values only those of the kind are used. */
struct import_row {
	size_t line;
	unsigned has;		/* bit i: column i of the kind has a value */
	bool is_refused;	/* there is a problem */
	enum import_effect effect;
	const char *fields;	/* IMPORT_CHANGED: "mbr_name,mbr_phone" */

	const char *code;
	int64_t member_id;	/* 0: a new one */

	const char *name, *phone, *email, *notes;
	int32_t joined_day, birth_day;
	int64_t branch_id, version;

	const struct plan *plan;
	int32_t start_day, end_day;
	int64_t due;		/* minor units */

	const struct device_state *terminal;
	const char *number;
	int64_t from_local;
};

struct import {
	struct arena *arena;
	const struct actor *actor;
	enum import_kind kind;
	const char *currency, *phone_code;	/* of the company */
	int32_t today;

	const struct csv *table;
	int columns[CSV_COLUMNS_MAX];	/* of the file: which of the kind it is;
					   -1: none, it is ignored */
	struct branch_list branches;
	struct plan_list plans;
	struct device_state *terminals;
	size_t terminal_count;

	struct import_row *rows;
	size_t count;
	size_t effects[IMPORT_EFFECT__COUNT];	/* of rows without a problem */
	struct import_problem *problems;	/* by line */
	size_t problem_count, problem_room;

	/* called now and then, with how many rows are done; may be NULL */
	void (*progress)(void *arg, size_t done);
	void *progress_arg;
	size_t done;
};

/*
 * Reads `table`, whose first row is the header, and compares it with what the
 * company has; writes nothing.  Sets `rows`, `effects` and `problems` of an
 * import whose first five members are given.  With `to_write`, in a transaction,
 * it holds what it compares with.
 *
 * An empty cell says nothing: what is stored there stays.  Rows that have been
 * imported before are IMPORT_UNCHANGED.
 */
enum db_result import_check(struct db *db, struct import *im,
                            const struct csv *table, bool to_write);

/*
 * Writes what was checked, in the same transaction, with its audit rows and a
 * new revision of who may enter.  DB_NONE or DB_DUPLICATE: somebody else has
 * written meanwhile what this was compared with.
 */
enum db_result import_write(struct db *db, struct import *im);

#endif
