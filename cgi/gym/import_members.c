/* import_members.c: whose code a row has, and what it would change of them */
#include <string.h>

#include "base/clock.h"
#include "gym/import_check.h"
#include "gym/import_json.h"
#include "gym/member.h"

#define PADDED_MOST 8		/* digits of a code that has lost zeros */

/* What is found to the code of a row. */
struct match {
	struct member member;	/* id 0: nobody has the code */
	const char *padded;	/* somebody's, with zeros before it; or NULL */
};

/* "42", and what it may have been before a spreadsheet took it for a number. */
static void
list_code(struct import *im, json_object *list, size_t n, const char *code)
{
	size_t len = strlen(code);
	bool is_number = strspn(code, "0123456789") == len && *code != '0';
	json_object *row = import_json_row(list);

	import_json_int(row, (int64_t)n);
	import_json_str(row, code);
	for (; is_number && len < PADDED_MOST; len++) {
		code = arena_printf(im->arena, "0%s", code);
		row = import_json_row(list);
		import_json_int(row, (int64_t)n);
		import_json_str(row, code);
	}
}

static enum db_result
read_matches(struct db *db, struct import *im, json_object *list,
             const struct import_row *rows, struct match *matches)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_MEMBERS);
	struct member m = { 0 };
	enum db_result rc;
	int64_t n;

	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	db_out_int(st, &n);
	db_out_int(st, &m.id);
	db_out_str(st, im->arena, &m.code);
	db_out_int(st, &m.branch_id);
	db_out_str(st, im->arena, &m.name);
	db_out_str(st, im->arena, &m.phone);
	db_out_str(st, im->arena, &m.email);
	db_out_day(st, &m.joined_day);
	db_out_day(st, &m.birth_day);
	db_out_str(st, im->arena, &m.notes);
	db_out_int(st, &m.version);
	db_out_at(st, &m.erased_at);
	while ((rc = db_next(st)) == DB_OK) {
		if (strcmp(rows[n].code, m.code) == 0)
			matches[n].member = m;
		else
			matches[n].padded = m.code;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- members ------------------------------------------------------------- */

static bool
differ(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) != 0;
}

static bool
text_differs(const char **text, const char *stored, bool has)
{
	bool differs = has && differ(*text, stored);

	if (!has)
		*text = stored;
	return differs;
}

/* What the row does not say stays as it is stored. */
static bool
value_differs(struct import_row *row, const struct member *m,
              const struct import_column *column, bool has)
{
	bool differs = false;

	if (column->offset == offsetof(struct import_row, name))
		return text_differs(&row->name, m->name, has);
	if (column->offset == offsetof(struct import_row, phone))
		return text_differs(&row->phone, m->phone, has);
	if (column->offset == offsetof(struct import_row, email))
		return text_differs(&row->email, m->email, has);
	if (column->offset == offsetof(struct import_row, notes))
		return text_differs(&row->notes, m->notes, has);
	if (column->offset == offsetof(struct import_row, joined_day)) {
		differs = has && row->joined_day != m->joined_day;
		row->joined_day = has ? row->joined_day : m->joined_day;
	}
	if (column->offset == offsetof(struct import_row, birth_day)) {
		differs = has && row->birth_day != m->birth_day;
		row->birth_day = has ? row->birth_day : m->birth_day;
	}
	if (column->offset == offsetof(struct import_row, branch_id)) {
		differs = has && row->branch_id != m->branch_id;
		row->branch_id = has ? row->branch_id : m->branch_id;
	}
	return differs;
}

static void
compare(struct import *im, struct import_row *row, const struct member *m)
{
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	for (size_t i = 0; i < count; i++)
		audit_field(&fields, list[i].field,
		            value_differs(row, m, &list[i],
		                          row->has & 1u << i));
	row->version = m->version;
	row->fields = arena_strdup(im->arena, fields.text);
	row->effect = *row->fields == '\0' ? IMPORT_UNCHANGED
		: IMPORT_CHANGED;
}

static const char *
list_branches(struct import *im)
{
	const char *list = NULL;

	for (size_t i = 0; i < im->branches.count && i < 20; i++)
		list = list == NULL ? im->branches.rows[i].name
			: arena_printf(im->arena, "%s, %s", list,
			               im->branches.rows[i].name);
	return list;
}

static void
admit_new(struct import *im, struct import_row *row)
{
	int branch = import_column_of(IMPORT_MEMBERS, IMPORT_BRANCH);
	int name = import_column_of(IMPORT_MEMBERS, IMPORT_LINE);
	int joined = import_column_of(IMPORT_MEMBERS, IMPORT_DAY);

	row->effect = IMPORT_NEW;
	if (!(row->has & 1u << name))
		import_blame(im, row, name, "", IMPORT_NAMELESS, NULL);
	if (!(row->has & 1u << joined))
		row->joined_day = im->today;
	if (row->has & 1u << branch)
		return;
	if (im->branches.count == 1)
		row->branch_id = im->branches.rows[0].id;
	else
		import_blame(im, row, branch, "", IMPORT_WHICH_BRANCH,
		             list_branches(im));
}

/* ---- each row ------------------------------------------------------------ */

static void
take_match(struct import *im, struct import_row *row, const struct match *m)
{
	int code = import_column_of(im->kind, IMPORT_CODE);

	row->member_id = m->member.id;
	if (m->member.id != 0 && m->member.erased_at != CLOCK_NO_TIME)
		import_blame(im, row, code, row->code, IMPORT_ERASED, NULL);
	else if (m->member.id == 0 && m->padded != NULL)
		import_blame(im, row, code, row->code, IMPORT_ZEROS_LOST,
		             m->padded);
	else if (m->member.id != 0 && im->kind == IMPORT_MEMBERS)
		compare(im, row, &m->member);
	else if (im->kind == IMPORT_MEMBERS)
		admit_new(im, row);
	else if (m->member.id == 0)
		import_blame(im, row, code, row->code, IMPORT_NO_MEMBER, NULL);
}

enum db_result
import_check_members(struct db *db, struct import *im,
                     struct import_row *rows, size_t count)
{
	json_object *list = json_object_new_array();
	struct match *matches = arena_alloc(im->arena,
	                                    count * sizeof *matches);
	enum db_result rc;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].code != NULL)
			list_code(im, list, i, rows[i].code);
	}
	rc = read_matches(db, im, list, rows, matches);
	json_object_put(list);
	for (size_t i = 0; i < count && rc == DB_OK; i++) {
		if (rows[i].code != NULL)
			take_match(im, &rows[i], &matches[i]);
	}
	return rc;
}
