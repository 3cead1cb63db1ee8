/* world.c: a database for fuzzers, that says yes unless it is told otherwise */
#include "tests/fuzz/world.h"

#include <assert.h>
#include <ctype.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "gym/access_rules.h"

#define COLUMNS_MAX 40
#define MARKS_MAX 60
#define STATEMENTS_MOST 100	/* then there is no more of anything */
#define TEXT_MAX (16 * 1024 * 1024)

enum kind { KIND_INT, KIND_BOOL, KIND_STR, KIND_BYTES, KIND_TIME, KIND_DAY };

struct target {
	enum kind kind;
	void *to;
	size_t *to_len;
	struct arena *arena;
	bool is_wall;		/* KIND_TIME: seconds of a wall clock */
};

struct db_stmt {
	struct db *db;
	enum stmt_id id;
	size_t in_count, out_count;
	struct target out[COLUMNS_MAX];
	int left;		/* rows; -1: not run yet */
	char luck;
};

struct db {
	struct db_stmt *stmts[STMT__COUNT];	/* NULL: not used yet */
	bool in_tx;
};

static const char *luck = "";
static struct buf kept;		/* the bytes that were stored last */
static const char *changed;	/* by the first statement that did */
static size_t open_tx, statements;

/* ---- what a statement asks for ------------------------------------------- */

/* Read off its text once. */
struct shape {
	bool is_read;
	size_t marks;
	bool is_company[MARKS_MAX];	/* behind "compcode = " */
	const char *columns[COLUMNS_MAX];	/* expressions; NULL: no more */
};

static void
find_marks(const char *sql, struct shape *out)
{
	bool quoted = false;

	for (const char *c = sql; *c != '\0'; c++) {
		quoted ^= *c == '\'';
		if (*c != '?' || quoted)
			continue;
		assert(out->marks < MARKS_MAX);
		out->is_company[out->marks++] = c - sql > 11 &&
			memcmp(c - 11, "compcode = ", 11) == 0;
	}
}

static void
find_columns(const char *sql, struct shape *out)
{
	const char *start = strstr(sql, "SELECT ");
	size_t n = 0;
	int depth = 0;

	if (start == NULL)
		return;
	start += strlen("SELECT ");
	for (const char *c = start;; c++) {
		bool is_end = *c == '\0' || (depth == 0 &&
			isspace((unsigned char)*c) &&
			text_after(c + strspn(c, " \n"), "FROM ") != NULL);

		depth += (*c == '(') - (*c == ')');
		if (!is_end && (depth > 0 || *c != ','))
			continue;
		assert(n + 1 < COLUMNS_MAX);
		out->columns[n++] = strndup(start, (size_t)(c - start));
		start = c + 1;
		if (is_end)
			break;
	}
}

static const struct shape *
shape_of(enum stmt_id id)
{
	static struct shape known[STMT__COUNT];
	struct shape *shape = &known[id];

	if (!shape->is_read) {
		find_marks(stmts[id].sql, shape);
		find_columns(stmts[id].sql, shape);
		shape->is_read = true;
	}
	return shape;
}

/* ---- what it is answered ------------------------------------------------- */

/* By what the column's expression holds; NULL: it is empty. */
static const struct {
	const char *holds, *text;
} texts[] = {
	{ "(SELECT", NULL }, { "GROUP_CONCAT", NULL }, { "NULL", NULL },
	{ "ovr_date", NULL }, { "_action", "change" },
	{ "_compcode", WORLD_COMPANY }, { "_currency", "INR" },
	{ "_email", "asha@example.org" }, { "_fields", "mbr_name" },
	{ "_gstin", "27AAPFU0939F1ZV" }, { "_hours", NULL },
	{ "_kind", "ON" }, { "_language", "en" }, { "_lever", "DISABLE" },
	{ "_mac", NULL }, { "_method", "CASH" }, { "_modes", NULL },
	{ "_phone_code", "91" }, { "_phone", "+919876543210" },
	{ "_reason", NULL }, { "_sender", "HAND" },
	{ "_sn", "CRT5200-SN001" }, { "_table", "mst_plans" },
	{ "_time_source", "TERMINAL" }, { "_user_id", "42" },
	{ "_warning", NULL }, { "_zone", "Asia/Kolkata" },
	{ "att_status", "ALLOWED" }, { "imp_kind", "members" },
	{ "imp_state", "CHECKED" }, { "mbr_state", "ACTIVE" },
	{ "msg_state", "DUE" }, { "pin_state", "UNMAPPED" },
	{ "plan_status", "ACTIVE" }, { "url_role", "OWNER" },
	{ "usr_status", "ACTIVE" },
};

/* Moments and days that have not come, unless something has happened. */
static const char *const not_yet[] = {
	"_ended_at", "_erased_at", "_failed_at", "_mac_other_at", "_paused_at",
	"_over_at", "_revoked_at", "_slow_to_at", "_to_at", "_well_at", "_to",
	"(SELECT",
};

static bool
is_not_yet(const char *column)
{
	for (size_t i = 0; i < sizeof not_yet / sizeof *not_yet; i++) {
		if (strstr(column, not_yet[i]) != NULL)
			return true;
	}
	return false;
}

static const char *
rules_text(struct arena *a)
{
	char modes[ACCESS_RULES_MODES_SIZE];

	access_rules_modes(&access_rules_default, modes);
	return arena_printf(a, "%s,0,0,7,0,120", modes);
}

static const char *
text_of(struct arena *a, const char *column)
{
	if (strstr(column, "cmp_visit_minutes") != NULL)
		return rules_text(a);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strstr(column, texts[i].holds) != NULL)
			return texts[i].text;
	}
	return "Asha <b>";
}

static int64_t
number_of(const char *column)
{
	/* an hour of opening, and one of closing */
	if (strstr(column, "_closes") != NULL)
		return 23 * 60;
	if (strstr(column, "DIV 60") != NULL)
		return 6 * 60;
	/* of a list that was given, the first; of a role, all branches */
	return strstr(column, "(SELECT") == NULL &&
		strstr(column, "j.n") == NULL &&
		strstr(column, "url_branch_id") == NULL;
}

static int64_t
time_of(const struct target *t, const char *column)
{
	int64_t now_at = clock_now_ms();

	if (is_not_yet(column))
		return CLOCK_NO_TIME;
	if (strstr(column, "expires_at") != NULL)
		now_at += 3600000;
	return t->is_wall ? clock_local("Asia/Kolkata", now_at) : now_at;
}

static void
give(const struct db_stmt *st, const struct target *t, const char *column)
{
	const char *text;

	switch (t->kind) {
	case KIND_INT:
		*(int64_t *)t->to = number_of(column);
		break;
	case KIND_BOOL:
		*(bool *)t->to = st->luck == 'b' ||
			strstr(column, "= 'OWNER'") != NULL;
		break;
	case KIND_STR:
		text = text_of(t->arena, column);
		*(const char **)t->to = text == NULL ? NULL
			: arena_strdup(t->arena, text);
		break;
	case KIND_BYTES:
		if (kept.len == 0)
			buf_append_str(&kept, "Code,Name\r\nSF-1,Asha\r\n");
		*(const void **)t->to = arena_strndup(t->arena, kept.data,
		                                      kept.len);
		*t->to_len = kept.len;
		break;
	case KIND_TIME:
		*(int64_t *)t->to = time_of(t, column);
		break;
	case KIND_DAY:
		*(int32_t *)t->to = is_not_yet(column) ? CLOCK_NO_DAY
			: clock_day(clock_now_ms() / 1000);
		break;
	}
}

static void
give_row(const struct db_stmt *st)
{
	const struct shape *shape = shape_of(st->id);

	for (size_t i = 0; i < st->out_count; i++) {
		assert(shape->columns[i] != NULL);
		give(st, &st->out[i], shape->columns[i]);
	}
	assert(shape->columns[st->out_count] == NULL);
}

/* ---- db.h ---------------------------------------------------------------- */

void
world_begin(const char *text)
{
	luck = text;
	changed = NULL;
	buf_finish(&kept);
	open_tx = statements = 0;
}

const char *
world_end(void)
{
	assert(open_tx == 0);
	return changed;
}

struct db *
db_create(const struct db_options *options)
{
	struct db *db = calloc(1, sizeof *db);

	(void)options;
	assert(db != NULL);
	return db;
}

struct db *
db_another(const struct db *db)
{
	(void)db;
	return db_create(NULL);
}

void
db_destroy(struct db *db)
{
	assert(db == NULL || !db->in_tx);
	for (int i = 0; db != NULL && i < STMT__COUNT; i++)
		free(db->stmts[i]);
	free(db);
}

enum db_result
db_connect(struct db *db)
{
	(void)db;
	return DB_OK;
}

enum db_result
db_connect_bare(struct db *db)
{
	(void)db;
	return DB_OK;
}

bool
db_ping(struct db *db)
{
	(void)db;
	return *luck != 'f';
}

struct db_stmt *
db_begin(struct db *db, enum stmt_id which)
{
	struct db_stmt *st = db->stmts[which];

	if (st == NULL)
		st = db->stmts[which] = calloc(1, sizeof *st);
	assert(st != NULL);
	st->db = db;
	st->id = which;
	st->in_count = st->out_count = 0;
	st->left = -1;
	return st;
}

void
db_in_str(struct db_stmt *st, const char *value)
{
	const struct shape *shape = shape_of(st->id);

	assert(st->in_count < shape->marks);
	/* one may ask to see another company, and the role decides */
	if (shape->is_company[st->in_count++] && st->id != STMT_SESSION_SWITCH)
		assert(value != NULL && strcmp(value, WORLD_COMPANY) == 0);
	if (value == NULL)
		return;
	assert(strlen(value) <= TEXT_MAX);
	assert(text_is_utf8(value, strlen(value)));
}

void
db_in_bytes(struct db_stmt *st, const void *data, size_t len)
{
	st->in_count++;
	assert(len <= TEXT_MAX);
	buf_reset(&kept);
	buf_append(&kept, data, len);
}

void
db_in_int(struct db_stmt *st, int64_t value)
{
	(void)value;
	st->in_count++;
}

void
db_in_id(struct db_stmt *st, int64_t id)
{
	assert(id >= 0);
	st->in_count++;
}

void
db_in_null(struct db_stmt *st)
{
	st->in_count++;
}

/* A DATETIME holds the years 1000 to 9999. */
void
db_in_local(struct db_stmt *st, int64_t local)
{
	struct clock_date d = { .year = 2026 };

	if (local != CLOCK_NO_TIME)
		d = clock_split(local);
	assert(d.year >= 1000 && d.year <= 9999);
	st->in_count++;
}

void
db_in_at(struct db_stmt *st, int64_t at)
{
	db_in_local(st, at == CLOCK_NO_TIME ? at : at / 1000);
}

void
db_in_day(struct db_stmt *st, int32_t day)
{
	db_in_local(st, day == CLOCK_NO_DAY ? CLOCK_NO_TIME
	            : (int64_t)day * CLOCK_DAY_SECONDS);
}

static struct target *
add(struct db_stmt *st, enum kind kind, void *to, struct arena *a)
{
	assert(st->out_count < COLUMNS_MAX);
	st->out[st->out_count] = (struct target){ .kind = kind, .to = to,
		                                  .arena = a };
	return &st->out[st->out_count++];
}

void
db_out_int(struct db_stmt *st, int64_t *to)
{
	add(st, KIND_INT, to, NULL);
}

void
db_out_bool(struct db_stmt *st, bool *to)
{
	add(st, KIND_BOOL, to, NULL);
}

void
db_out_str(struct db_stmt *st, struct arena *a, const char **to)
{
	add(st, KIND_STR, to, a);
}

void
db_out_bytes(struct db_stmt *st, struct arena *a, const void **to, size_t *len)
{
	add(st, KIND_BYTES, to, a)->to_len = len;
}

void
db_out_at(struct db_stmt *st, int64_t *to)
{
	add(st, KIND_TIME, to, NULL);
}

void
db_out_local(struct db_stmt *st, int64_t *to)
{
	add(st, KIND_TIME, to, NULL)->is_wall = true;
}

void
db_out_day(struct db_stmt *st, int32_t *to)
{
	add(st, KIND_DAY, to, NULL);
}

/*
 * What is kept up to date whenever somebody looks: what is counted, rows that
 * begin with a gym, and punches that wait for no more than to be taken in.
 */
static bool
is_upkeep(enum stmt_id id)
{
	static const enum stmt_id list[] = {
		STMT_ATTENDANCE_ADD, STMT_AUDIT_ADD, STMT_COMPANY_BUMP_DOOR,
		STMT_DISPLAY_TOUCH, STMT_INBOX_SETTLE,
		STMT_MEMBERSHIP_COUNTS_KEEP, STMT_MEMBER_STATE_FORGET,
		STMT_MEMBER_STATE_KEEP, STMT_MESSAGE_RULE_ADD,
		STMT_MESSAGING_ADD, STMT_SESSION_TOUCH, STMT_TODAY_USUAL_KEEP,
		STMT_USED_VISIT_ADD,
	};

	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		if (list[i] == id)
			return true;
	}
	return false;
}

/* What somebody else has done already, or is in the way of: nothing is. */
static bool
is_unusual(enum stmt_id id)
{
	static const char *const words[] = {
		"_code_find", "_find_minute", "_find_nonce", "_find_raw",
		"_held", "_overlap", "_running", "mapping_last",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strstr(stmts[id].name, words[i]) != NULL)
			return true;
	}
	return false;
}

static char
draw(struct db_stmt *st)
{
	assert(st->in_count == shape_of(st->id)->marks);
	if (statements++ >= STATEMENTS_MOST)
		st->luck = '0';
	else
		st->luck = *luck == '\0' ? '.' : *luck++;
	return st->luck;
}

enum db_result
db_next(struct db_stmt *st)
{
	if (st->left < 0) {
		char c = draw(st);

		st->left = c >= '0' && c <= '9' ? c - '0'
			: !is_unusual(st->id);
		if (c == 'f' || (c == 'a' && st->db->in_tx))
			return c == 'f' ? DB_FAIL : DB_AGAIN;
	}
	if (st->left == 0)
		return DB_NONE;
	st->left--;
	give_row(st);
	return DB_OK;
}

enum db_result
db_one(struct db_stmt *st)
{
	return db_next(st);
}

enum db_result
db_run(struct db_stmt *st)
{
	switch (draw(st)) {
	case '0':
		return DB_NONE;
	case 'd':
		return DB_DUPLICATE;
	case 'a':
		return st->db->in_tx ? DB_AGAIN : DB_FAIL;
	case 'f':
		return DB_FAIL;
	default:
		if (changed == NULL && !is_upkeep(st->id))
			changed = stmts[st->id].name;
		return DB_OK;
	}
}

int64_t
db_last_id(struct db *db)
{
	(void)db;
	return 7;
}

int64_t
db_changed(struct db *db)
{
	(void)db;
	return 1;
}

bool
db_duplicate_key(struct db *db, const char *key)
{
	(void)db;
	return *key != '\0';
}

enum db_result
db_tx_begin(struct db *db)
{
	assert(!db->in_tx);
	db->in_tx = true;
	open_tx++;
	return DB_OK;
}

static void
end_tx(struct db *db)
{
	if (db->in_tx)
		open_tx--;
	db->in_tx = false;
}

enum db_result
db_tx_commit(struct db *db)
{
	assert(db->in_tx);
	end_tx(db);
	return DB_OK;
}

void
db_tx_rollback(struct db *db)
{
	end_tx(db);
}

enum db_result
db_script(struct db *db, const char *sql,
          void (*each)(void *arg, const char *value), void *arg, char *error,
          size_t size)
{
	(void)db;
	(void)sql;
	(void)each;
	(void)arg;
	text_copy(error, size, "not here");
	return DB_FAIL;
}
