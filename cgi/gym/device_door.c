/* device_door.c: how a terminal keeps its door, and what its bridge tells */
#include "gym/device_door.h"

#include "base/clock.h"

const char *
device_door_state_text(enum device_door_state state)
{
	static const char *const texts[DEVICE_DOOR_STATES] = {
		[DEVICE_DOOR_PENDING] = "PENDING",
		[DEVICE_DOOR_FAILED] = "FAILED",
		[DEVICE_DOOR_BLOCKED] = "BLOCKED",
		[DEVICE_DOOR_BANNED] = "BANNED",
	};

	return texts[state];
}

enum db_result
device_door_find(struct db *db, struct arena *a, const char *company,
                 const char *sn, struct device_door *out)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_DOOR_FIND);

	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_str(st, company);
	db_in_str(st, sn);
	db_out_int(st, &out->id);
	db_out_int(st, &out->version);
	db_out_bool(st, &out->is_exit);
	db_out_bool(st, &out->has_relay);
	db_out_int(st, &out->unlock_seconds);
	db_out_str(st, a, &out->lever);
	db_out_int(st, &out->lever_value);
	db_out_at(st, &out->enforced_at);
	db_out_int(st, &out->block_after);
	db_out_at(st, &out->trial_at);
	db_out_at(st, &out->told_at);
	db_out_at(st, &out->list_at);
	db_out_int(st, &out->differing);
	db_out_str(st, a, &out->trouble);
	for (int i = 0; i < DEVICE_DOOR_STATES; i++)
		db_out_int(st, &out->counts[i]);
	return db_one(st);
}

enum db_result
device_door_any(struct db *db, const char *company, bool *any)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_DOOR_ANY);

	db_in_str(st, company);
	db_out_bool(st, any);
	return db_one(st);
}

bool
device_door_is_old(int64_t enforced_at, int64_t list_at, int64_t now_at)
{
	int64_t since_at = list_at == CLOCK_NO_TIME || list_at < enforced_at
		? enforced_at : list_at;

	return enforced_at != CLOCK_NO_TIME &&
		now_at - since_at > DEVICE_DOOR_OLD_MS;
}

enum db_result
device_door_list(struct db *db, struct arena *a, const char *company,
                 const char *sn, enum device_door_state state,
                 struct device_door_blocks *out)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_DOOR_LIST);
	struct device_door_block row = { .state = state };
	enum db_result rc;

	*out = (struct device_door_blocks){ arena_alloc(a,
		DEVICE_DOOR_BLOCKS_MAX * sizeof *out->rows), 0 };
	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_str(st, device_door_state_text(state));
	db_out_str(st, a, &row.user_id);
	db_out_bool(st, &row.is_hours);
	db_out_str(st, a, &row.words);
	db_out_at(st, &row.since_at);
	db_out_int(st, &row.member_id);
	db_out_str(st, a, &row.member);
	db_out_str(st, a, &row.code);
	while ((rc = db_next(st)) == DB_OK &&
	       out->count < DEVICE_DOOR_BLOCKS_MAX)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}
