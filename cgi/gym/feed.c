/* feed.c: punches as the dashboard shows them, and waking the live hub */
#include "gym/feed.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "gym/company.h"
#include "gym/member_state.h"
#include "gym/subscription.h"

static struct feed_list
empty_list(struct arena *a, size_t most)
{
	return (struct feed_list){
		.rows = arena_alloc(a, most * sizeof(struct feed_row)),
	};
}

/* Adds the rows of a statement, at most so many. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, size_t most,
          struct feed_list *out)
{
	struct feed_row row;
	const char *state;
	enum db_result rc;

	db_out_bool(st, &row.is_unmapped);
	db_out_int(st, &row.id);
	db_out_local(st, &row.punch_local);
	db_out_at(st, &row.received_at);
	db_out_int(st, &row.branch_id);
	db_out_str(st, a, &row.member);
	db_out_str(st, a, &row.terminal);
	db_out_str(st, a, &row.device_sn);
	db_out_str(st, a, &row.user_id);
	db_out_bool(st, &row.is_denied);
	db_out_str(st, a, &row.reason);
	db_out_str(st, a, &row.warning);
	db_out_bool(st, &row.is_late);
	db_out_int(st, &row.member_id);
	db_out_bool(st, &row.has_photo);
	db_out_str(st, a, &state);
	db_out_day(st, &row.until_day);
	db_out_day(st, &row.state_to);
	for (most += out->count; (rc = db_next(st)) == DB_OK &&
	     out->count < most;) {
		row.state = state == NULL ? ADMIT_NONE
			: member_state_verdict(state);
		out->rows[out->count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static void
in_branch(struct db_stmt *st, const struct feed_scope *scope)
{
	db_in_id(st, scope->branch_id);
	db_in_id(st, scope->branch_id);
}

/* From midnight to midnight, for columns that have no date of their own. */
static void
in_day_span(struct db_stmt *st, int32_t day)
{
	db_in_local(st, (int64_t)day * CLOCK_DAY_SECONDS);
	db_in_local(st, ((int64_t)day + 1) * CLOCK_DAY_SECONDS);
}

static int
compare_newest(const void *a, const void *b)
{
	const struct feed_row *one = a, *other = b;

	if (one->punch_local != other->punch_local)
		return one->punch_local < other->punch_local ? 1 : -1;
	return (one->id < other->id) - (one->id > other->id);
}

/* Two reads: to put one behind the other costs the database as much again. */
enum db_result
feed_day(struct db *db, struct arena *a, const struct feed_scope *scope,
         int32_t day, struct feed_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_FEED_DAY);
	enum db_result rc;

	*out = empty_list(a, 2 * FEED_DAY_MAX);
	db_in_str(st, scope->company);
	db_in_day(st, day);
	in_branch(st, scope);
	rc = read_rows(st, a, FEED_DAY_MAX, out);
	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_FEED_DAY_UNMAPPED);
	db_in_str(st, scope->company);
	db_in_local(st, (int64_t)day * CLOCK_DAY_SECONDS);
	db_in_local(st, ((int64_t)day + 1) * CLOCK_DAY_SECONDS - 1);
	in_branch(st, scope);
	rc = read_rows(st, a, FEED_DAY_MAX, out);
	qsort(out->rows, out->count, sizeof *out->rows, compare_newest);
	if (out->count > FEED_DAY_MAX)
		out->count = FEED_DAY_MAX;
	return rc;
}

enum db_result
feed_arrived(struct db *db, struct arena *a, const struct feed_scope *scope,
             int32_t day, int64_t since_at, struct feed_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_FEED_ARRIVED);

	*out = empty_list(a, FEED_ARRIVED_MAX);
	db_in_str(st, scope->company);
	db_in_day(st, day);
	db_in_at(st, since_at);
	in_branch(st, scope);
	db_in_str(st, scope->company);
	in_day_span(st, day);
	db_in_at(st, since_at);
	in_branch(st, scope);
	return read_rows(st, a, FEED_ARRIVED_MAX, out);
}

static enum db_result
judge_row(struct db *db, struct arena *a, const char *company, int32_t day,
          struct feed_row *row)
{
	struct admit_facts facts;
	struct member_state s;
	enum db_result rc = subscription_facts_of(db, a, company,
	                                          row->member_id, &facts);

	if (rc != DB_OK)
		return rc;
	s = member_state_judge(&facts, day);
	row->state = s.verdict;
	row->until_day = s.until_day;
	row->state_to = s.holds_to;
	return DB_OK;
}

enum db_result
feed_judge(struct db *db, struct arena *a, const struct feed_scope *scope,
           int32_t day, struct feed_list *list)
{
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < list->count && rc == DB_OK; i++) {
		struct feed_row *row = &list->rows[i];

		if (!row->is_unmapped && row->state_to < day)
			rc = judge_row(db, a, scope->company, day, row);
	}
	return rc;
}

enum db_result
feed_has_member(struct db *db, const struct feed_scope *scope, int32_t day,
                int64_t member_id)
{
	struct db_stmt *st = db_begin(db, STMT_FEED_HAS_MEMBER);
	int64_t id;

	db_in_str(st, scope->company);
	db_in_int(st, member_id);
	db_in_local(st, (int64_t)day * CLOCK_DAY_SECONDS);
	db_in_local(st, ((int64_t)day + 1) * CLOCK_DAY_SECONDS - 60);
	in_branch(st, scope);
	db_out_int(st, &id);
	return db_one(st);
}

/* Who came and who was refused, up to a moment of its day. */
static enum db_result
count_attendances(struct db *db, struct arena *a,
                  const struct feed_scope *scope, int64_t until_local,
                  struct feed_counts *out)
{
	struct db_stmt *st = db_begin(db, STMT_COUNTS_DAY);
	struct feed_branch b;
	enum db_result rc;

	*out = (struct feed_counts){
		.branches = arena_alloc(a, BRANCH_LIST_MAX *
		                        sizeof *out->branches),
	};
	db_in_str(st, scope->company);
	db_in_day(st, clock_day(until_local));
	db_in_local(st, until_local);
	in_branch(st, scope);
	db_out_int(st, &b.id);
	db_out_int(st, &b.allowed);
	db_out_int(st, &b.denied);
	while ((rc = db_next(st)) == DB_OK &&
	       out->branch_count < BRANCH_LIST_MAX) {
		out->branches[out->branch_count++] = b;
		out->allowed += b.allowed;
		out->denied += b.denied;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
feed_count(struct db *db, struct arena *a, const struct feed_scope *scope,
           int32_t day, struct feed_counts *out)
{
	int64_t end_local = ((int64_t)day + 1) * CLOCK_DAY_SECONDS - 1;
	enum db_result rc = count_attendances(db, a, scope, end_local, out);
	struct db_stmt *st;

	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_COUNTS_UNMAPPED);
	db_in_str(st, scope->company);
	db_in_local(st, (int64_t)day * CLOCK_DAY_SECONDS);
	db_in_local(st, end_local);
	in_branch(st, scope);
	db_out_int(st, &out->unmapped);
	return db_one(st);
}

enum db_result
feed_count_until(struct db *db, struct arena *a,
                 const struct feed_scope *scope, int64_t until_local,
                 int64_t *allowed)
{
	struct feed_counts counts;
	enum db_result rc = count_attendances(db, a, scope, until_local,
	                                      &counts);

	*allowed = counts.allowed;
	return rc;
}

/* ---- waking the hub ------------------------------------------------------ */

static struct sockaddr_un wake_address = { .sun_family = AF_UNIX };
static int wake_fd = -1;

void
feed_wake_open(const char *socket_path)
{
	if (*socket_path == '\0')
		return;
	if (!text_copy(wake_address.sun_path, sizeof wake_address.sun_path,
	               socket_path))
		log_die("%s: too long for a socket", socket_path);
	wake_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                 0);
	if (wake_fd < 0)
		log_die("socket: %m");
}

void
feed_wake(const char *company)
{
	ssize_t sent = 0;

	if (wake_fd >= 0)
		sent = sendto(wake_fd, company, strlen(company), 0,
		              (const struct sockaddr *)&wake_address,
		              sizeof wake_address);
	(void)sent;	/* no hub, or a full one: it looks by itself */
}

int
feed_wake_listen(const char *socket_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before;

	if (!text_copy(address.sun_path, sizeof address.sun_path, socket_path))
		log_die("%s: too long for a socket", socket_path);
	unlink(socket_path);
	before = umask(0117);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address,
	                   sizeof address) != 0)
		log_die("%s: %m", socket_path);
	umask(before);
	return fd;
}
