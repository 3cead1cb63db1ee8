/* mapping_list.c: mappings as they are read: one, a terminal's, a member's */
#include "gym/mapping.h"

#include <string.h>

#include "base/clock.h"

#define ORDER_SIZE (24 + 1)	/* of mbm_open_order */

/* The columns that all of these statements give, in their order. */
static void
out_mapping(struct db_stmt *st, struct arena *a, struct mapping *m)
{
	*m = (struct mapping){ 0 };
	db_out_int(st, &m->id);
	db_out_str(st, a, &m->device_sn);
	db_out_str(st, a, &m->device);
	db_out_str(st, a, &m->user_id);
	db_out_str(st, a, &m->user_name);
	db_out_int(st, &m->member_id);
	db_out_str(st, a, &m->member);
	db_out_str(st, a, &m->member_code);
	db_out_local(st, &m->from_local);
	db_out_local(st, &m->to_local);
}

/* Reads the rows, each of which comes to stand in `m`. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, const struct mapping *m,
          size_t most, struct mapping_list *out)
{
	enum db_result rc;

	*out = (struct mapping_list){
		arena_alloc(a, most * sizeof *out->rows), 0, false,
	};
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count < most)
			out->rows[out->count++] = *m;
		else
			out->has_more = true;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
mapping_find(struct db *db, struct arena *a, const char *company,
             int64_t branch_id, int64_t id, struct mapping *out)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_FIND);

	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	out_mapping(st, a, out);
	return db_one(st);
}

/* As mbm_open_order has it: zeroes in front; NULL: before them all. */
static void
put_order(const char *user_id, char out[ORDER_SIZE])
{
	size_t len = user_id == NULL ? 0 : strlen(user_id);

	memset(out, 0, ORDER_SIZE);
	if (len == 0 || len >= ORDER_SIZE)
		return;
	memset(out, '0', ORDER_SIZE - 1);
	memcpy(out + ORDER_SIZE - 1 - len, user_id, len);
}

enum db_result
mapping_list_device(struct db *db, struct arena *a, const char *company,
                    const char *sn, const char *after, size_t limit,
                    struct mapping_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_LIST_DEVICE);
	char order[ORDER_SIZE];
	const char *row_order;
	struct mapping m;

	put_order(after, order);
	for (int i = 0; i < 2; i++) {
		db_in_str(st, company);
		db_in_str(st, sn);
		db_in_str(st, order);
		db_in_int(st, (int64_t)limit + 1);
	}
	db_in_int(st, (int64_t)limit + 1);
	out_mapping(st, a, &m);
	db_out_str(st, a, &row_order);
	return read_rows(st, a, &m, limit, out);
}

enum db_result
mapping_list_member(struct db *db, struct arena *a, const char *company,
                    int64_t member_id, struct mapping_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_LIST_MEMBER);
	struct mapping m;

	db_in_str(st, company);
	db_in_int(st, member_id);
	out_mapping(st, a, &m);
	return read_rows(st, a, &m, MAPPING_HISTORY_MAX, out);
}

enum db_result
mapping_list_number(struct db *db, struct arena *a, const char *company,
                    const char *sn, const char *user_id,
                    struct mapping_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_LIST_NUMBER);
	struct mapping m;

	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_str(st, user_id);
	out_mapping(st, a, &m);
	return read_rows(st, a, &m, MAPPING_HISTORY_MAX, out);
}
