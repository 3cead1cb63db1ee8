/* migrate.c: bringing the tables of a database up to this version */
#include "gym/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#define FILE_MAX (4 * 1024 * 1024)
#define NAME_MAX_BYTES 100

struct run {
	struct db *db;
	struct site *site;
	int64_t now_at;
	struct buf applied;	/* names, each with a line end behind it */
	bool locked;
	char *error;
	size_t size;
};

static bool
script(struct run *r, const char *sql,
       void (*each)(void *arg, const char *value), void *arg)
{
	return db_script(r->db, sql, each, arg, r->error, r->size) == DB_OK;
}

static void
note_applied(void *arg, const char *value)
{
	struct run *r = arg;

	buf_appendf(&r->applied, "\n%s\n", value);
}

static void
note_lock(void *arg, const char *value)
{
	*(bool *)arg = strcmp(value, "1") == 0;
}

static bool
begin(struct run *r)
{
	if (!script(r, "SELECT GET_LOCK('gymgate-migrate', 30)", note_lock,
	            &r->locked))
		return false;
	if (!r->locked) {
		snprintf(r->error, r->size, "another migrate is running");
		return false;
	}
	return script(r, "CREATE TABLE IF NOT EXISTS mst_migrations ("
	              "mig_name VARCHAR(100) CHARACTER SET ascii "
	              "COLLATE ascii_bin NOT NULL, "
	              "mig_applied_at DATETIME(3) NOT NULL, "
	              "PRIMARY KEY (mig_name)) ENGINE=InnoDB", NULL, NULL) &&
	       script(r, "SELECT mig_name FROM mst_migrations", note_applied,
	              r);
}

/* 0001-what.sql: nothing in it needs quoting. */
static bool
is_migration(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && len <= NAME_MAX_BYTES &&
	       text_is_word(name, NAME_MAX_BYTES, "-_.") &&
	       strcmp(name + len - 4, ".sql") == 0 && name[0] >= '0' &&
	       name[0] <= '9';
}

static char *
read_sql(struct run *r, const char *folder, const char *name)
{
	struct buf path = BUF_INIT;
	char *text;

	buf_appendf(&path, "%s/%s%s", r->site->migrate_sql, folder, name);
	text = text_read_file(path.data, FILE_MAX, NULL);
	if (text == NULL)
		snprintf(r->error, r->size, "%s: %s", path.data,
		         strerror(errno));
	buf_finish(&path);
	return text;
}

static bool
apply(struct run *r, const char *name)
{
	char *sql = read_sql(r, "migrations/", name), *reason;
	char at[CLOCK_TEXT_SIZE], note[NAME_MAX_BYTES + 100];
	bool ok;

	if (sql == NULL)
		return false;
	clock_format(r->now_at / 1000, at);
	snprintf(note, sizeof note, "INSERT INTO mst_migrations VALUES "
	         "('%.*s', '%s')", NAME_MAX_BYTES, name, at);
	ok = script(r, sql, NULL, NULL);
	free(sql);
	if (ok)
		return script(r, note, NULL, NULL);
	reason = strdup(r->error);
	snprintf(r->error, r->size, "%s: %s", name,
	         reason == NULL ? "" : reason);
	free(reason);
	return false;
}

static bool
was_applied(const struct run *r, const char *name)
{
	char line[NAME_MAX_BYTES + 3];

	snprintf(line, sizeof line, "\n%.*s\n", NAME_MAX_BYTES, name);
	return r->applied.len > 0 && strstr(r->applied.data, line) != NULL;
}

static bool
apply_all(struct run *r, void (*each)(const char *name))
{
	struct buf folder = BUF_INIT;
	struct dirent **files;
	bool ok = true;
	int count;

	buf_appendf(&folder, "%s/migrations", r->site->migrate_sql);
	count = scandir(folder.data, &files, NULL, alphasort);
	if (count < 0)
		snprintf(r->error, r->size, "%s: %s", folder.data,
		         strerror(errno));
	buf_finish(&folder);
	for (int i = 0; i < count; i++) {
		const char *name = files[i]->d_name;

		if (ok && is_migration(name) && !was_applied(r, name)) {
			each(name);
			ok = apply(r, name);
		}
		free(files[i]);
	}
	if (count >= 0)
		free(files);
	return ok && count >= 0;
}

/* gymgate@localhost as 'gymgate'@'localhost'; false when it needs escaping. */
static bool
quote_account(const char *account, char *out, size_t size)
{
	const char *at = strchr(account, '@');

	if (at == NULL || !text_is_word(account, 128, "@_-.%") ||
	    strchr(at + 1, '@') != NULL)
		return false;
	snprintf(out, size, "'%.*s'@'%s'", (int)(at - account), account,
	         at + 1);
	return true;
}

/* grants.sql with the account put in. */
static bool
grant(struct run *r)
{
	static const char mark[] = "@ACCOUNT@";
	struct buf sql = BUF_INIT;
	char account[160], *text, *rest, *next;
	bool ok;

	if (!quote_account(r->site->program_account, account,
	                   sizeof account)) {
		snprintf(r->error, r->size, "program_account must look like "
		         "gymgate@localhost");
		return false;
	}
	text = read_sql(r, "", "grants.sql");
	if (text == NULL)
		return false;
	/* the comment above the statements speaks of the mark, too */
	for (rest = text; (next = strstr(rest, mark)) != NULL;
	     rest = next + strlen(mark)) {
		buf_append(&sql, rest, (size_t)(next - rest));
		buf_append_str(&sql, account);
	}
	buf_append_str(&sql, rest);
	ok = script(r, sql.data, NULL, NULL);
	free(text);
	buf_finish(&sql);
	return ok;
}

bool
migrate_run(struct site *site, int64_t now_at, void (*each)(const char *name),
            char *error, size_t size)
{
	struct run r = { .site = site, .now_at = now_at, .error = error,
		         .size = size };
	bool ok;

	r.db = db_create(&site->migrate);
	if (db_connect_bare(r.db) != DB_OK) {
		snprintf(error, size, "the database cannot be reached");
		db_destroy(r.db);
		return false;
	}
	ok = begin(&r) && apply_all(&r, each) && grant(&r);
	buf_finish(&r.applied);
	db_destroy(r.db);	/* and with it goes the lock */
	return ok;
}
