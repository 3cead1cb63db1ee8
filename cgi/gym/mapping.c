/* mapping.c: whose finger a number at a terminal is, and since when */
#include "gym/mapping.h"

#include "base/clock.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/member.h"

static enum db_result
refuse(struct mapping_call *call, enum mapping_fault fault)
{
	call->fault = fault;
	return DB_NONE;
}

/* Holds the terminal and reads it; of another branch there is none. */
static enum db_result
lock_device(struct db *db, struct arena *a, struct mapping_call *call,
            const char *sn, struct device *out)
{
	enum db_result rc = device_lock(db, call->actor.company, sn);

	call->fault = MAPPING_FINE;
	if (rc == DB_OK)
		rc = device_find(db, a, call->actor.company, sn, out);
	if (rc == DB_OK && call->branch_id != 0 &&
	    call->branch_id != out->branch_id)
		rc = DB_NONE;
	return rc == DB_NONE ? refuse(call, MAPPING_NO_TERMINAL) : rc;
}

static enum db_result
check_member(struct db *db, struct arena *a, struct mapping_call *call)
{
	struct member member;
	enum db_result rc = member_find(db, a, call->actor.company,
	                                call->branch_id, call->member_id,
	                                &member);

	if (rc == DB_OK && member.erased_at != CLOCK_NO_TIME)
		rc = DB_NONE;
	return rc == DB_NONE ? refuse(call, MAPPING_NO_MEMBER) : rc;
}

/* The newest mapping of a number; id 0: it never had one. */
static enum db_result
read_last(struct db *db, const struct mapping_call *call, struct mapping *out)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_LAST);
	enum db_result rc;

	*out = (struct mapping){ 0 };
	db_in_str(st, call->actor.company);
	db_in_str(st, call->device_sn);
	db_in_str(st, call->user_id);
	db_out_int(st, &out->id);
	db_out_int(st, &out->member_id);
	db_out_local(st, &out->from_local);
	db_out_local(st, &out->to_local);
	rc = db_one(st);
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
insert(struct db *db, struct mapping_call *call)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_ADD);
	enum db_result rc;

	db_in_str(st, call->actor.company);
	db_in_str(st, call->device_sn);
	db_in_str(st, call->user_id);
	db_in_int(st, call->member_id);
	db_in_local(st, call->at_local);
	db_in_str(st, call->nonce);
	db_in_at(st, call->actor.now_at);
	rc = db_run(st);
	/* the lock lets nobody in before us; only a nonce can be used up */
	if (rc == DB_DUPLICATE)
		return refuse(call, MAPPING_HELD);
	if (rc != DB_OK)
		return rc;
	call->id = db_last_id(db);
	return audit_row(db, &call->actor, "add",
	                 "trn_member_biometric_mappings", call->id,
	                 "mbm_device_sn,mbm_device_user_id,mbm_member_id,"
	                 "mbm_from");
}

static enum db_result
close_one(struct db *db, struct mapping_call *call)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_END);
	enum db_result rc;

	db_in_local(st, call->at_local);
	db_in_str(st, call->actor.company);
	db_in_int(st, call->id);
	rc = db_run(st);
	if (rc == DB_NONE)
		return refuse(call, MAPPING_ENDED);
	return rc != DB_OK ? rc : audit_row(db, &call->actor, "end",
	        "trn_member_biometric_mappings", call->id, "mbm_to");
}

static enum db_result
add_to_number(struct db *db, struct mapping_call *call,
              const struct device *device, const struct mapping *last)
{
	bool is_first = last->id == 0;
	int64_t free_from = is_first
		? (int64_t)device->start_day * CLOCK_DAY_SECONDS
		: last->to_local;
	enum db_result rc;

	if (call->at_local == CLOCK_NO_TIME)
		call->at_local = free_from;
	if (!is_first && call->at_local < free_from)
		return refuse(call, MAPPING_OVERLAPS);
	if (call->at_local > clock_local(device->zone, call->actor.now_at))
		return refuse(call, MAPPING_FUTURE);
	rc = insert(db, call);
	return rc == DB_OK ? company_bump(db, call->actor.company) : rc;
}

enum db_result
mapping_add(struct db *db, struct arena *a, struct mapping_call *call)
{
	struct device device;
	struct mapping last;
	enum db_result rc = lock_device(db, a, call, call->device_sn, &device);

	if (rc == DB_OK)
		rc = check_member(db, a, call);
	if (rc == DB_OK)
		rc = read_last(db, call, &last);
	if (rc != DB_OK)
		return rc;
	if (last.id == 0 || last.to_local != CLOCK_NO_TIME)
		return add_to_number(db, call, &device, &last);
	if (last.member_id != call->member_id)
		return refuse(call, MAPPING_HELD);
	call->id = last.id;
	return DB_OK;
}

/* Holds the terminal of `call->id` and reads that anew: as it is now. */
static enum db_result
lock_open(struct db *db, struct arena *a, struct mapping_call *call,
          struct mapping *out)
{
	struct device device;
	int64_t now_local;
	enum db_result rc = mapping_find(db, a, call->actor.company,
	                                 call->branch_id, call->id, out);

	if (rc == DB_OK)
		rc = lock_device(db, a, call, out->device_sn, &device);
	else if (rc == DB_NONE)
		return refuse(call, MAPPING_NO_TERMINAL);
	if (rc == DB_OK)
		rc = mapping_find(db, a, call->actor.company, call->branch_id,
		                  call->id, out);
	if (rc != DB_OK)
		return rc;
	if (out->to_local != CLOCK_NO_TIME)
		return refuse(call, MAPPING_ENDED);
	now_local = clock_local(device.zone, call->actor.now_at);
	if (call->at_local == CLOCK_NO_TIME)
		call->at_local = now_local;
	if (call->at_local > now_local)
		return refuse(call, MAPPING_FUTURE);
	return call->at_local < out->from_local
		? refuse(call, MAPPING_OVERLAPS) : DB_OK;
}

enum db_result
mapping_end(struct db *db, struct arena *a, struct mapping_call *call)
{
	struct mapping old;
	enum db_result rc = lock_open(db, a, call, &old);

	if (rc == DB_NONE && call->fault == MAPPING_ENDED) {
		call->fault = MAPPING_FINE;
		return DB_OK;
	}
	if (rc == DB_OK)
		rc = close_one(db, call);
	return rc == DB_OK ? company_bump(db, call->actor.company) : rc;
}

enum db_result
mapping_end_member(struct db *db, struct arena *a, const struct actor *actor,
                   int64_t member_id, int64_t at_local)
{
	struct mapping_list list;
	enum db_result rc = mapping_list_member(db, a, actor->company,
	                                        member_id, &list);

	for (size_t i = 0; i < list.count && rc == DB_OK; i++) {
		const struct mapping *m = &list.rows[i];
		struct mapping_call call = {
			.actor = *actor, .id = m->id,
			.at_local = m->from_local > at_local ? m->from_local
				: at_local,
		};

		if (m->to_local != CLOCK_NO_TIME)
			continue;
		rc = close_one(db, &call);
		if (rc == DB_NONE)
			rc = DB_OK;	/* somebody was faster */
	}
	return rc;
}

/* The number of one that has ended is this very member's by now? */
static enum db_result
is_moved_already(struct db *db, struct mapping_call *call,
                 const struct mapping *old)
{
	struct mapping last;
	enum db_result rc;

	call->device_sn = old->device_sn;
	call->user_id = old->user_id;
	rc = read_last(db, call, &last);
	if (rc != DB_OK)
		return rc;
	if (last.to_local != CLOCK_NO_TIME || last.member_id != call->member_id)
		return DB_NONE;
	call->fault = MAPPING_FINE;
	call->id = last.id;
	return DB_OK;
}

enum db_result
mapping_move(struct db *db, struct arena *a, struct mapping_call *call)
{
	struct mapping old;
	enum db_result rc = lock_open(db, a, call, &old);

	if (rc == DB_NONE && call->fault == MAPPING_ENDED)
		return is_moved_already(db, call, &old);
	if (rc == DB_OK)
		rc = check_member(db, a, call);
	if (rc == DB_OK && old.member_id == call->member_id)
		return refuse(call, MAPPING_HELD);
	if (rc == DB_OK)
		rc = close_one(db, call);
	if (rc != DB_OK)
		return rc;
	call->device_sn = old.device_sn;
	call->user_id = old.user_id;
	rc = insert(db, call);
	return rc == DB_OK ? company_bump(db, call->actor.company) : rc;
}
