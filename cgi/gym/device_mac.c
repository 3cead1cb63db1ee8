/* device_mac.c: which MAC address a terminal has, and who says so */
#include "gym/device_mac.h"

#include <strings.h>

#include "base/clock.h"
#include "gym/audit.h"

#define TRIES 4		/* of a transaction that loses a deadlock */

static const char *const changed_fields[DEVICE_MAC__COUNT] = {
	[DEVICE_MAC_FIRST] = "dev_mac",
	[DEVICE_MAC_OTHER] = "dev_mac_other",
	[DEVICE_MAC_BACK] = "dev_mac_other",
	[DEVICE_MAC_ACCEPTED] = "dev_mac,dev_mac_other",
};

static bool
is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

enum device_mac_news
device_mac_judge(const struct device *d, const char *mac)
{
	if (mac == NULL || *mac == '\0' || is_same(mac, d->other_mac))
		return DEVICE_MAC_NOTHING;
	if (d->mac == NULL)
		return DEVICE_MAC_FIRST;
	if (!is_same(mac, d->mac))
		return DEVICE_MAC_OTHER;
	return d->other_mac == NULL ? DEVICE_MAC_NOTHING : DEVICE_MAC_BACK;
}

static enum db_result
store(struct db *db, const struct device_mac_call *call,
      const struct device *d)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_SET_MAC);

	db_in_str(st, d->mac);
	db_in_str(st, d->other_mac);
	db_in_at(st, d->other_mac_at);
	db_in_str(st, call->company);
	db_in_int(st, d->id);
	return db_run(st);
}

static void
apply(struct device *d, const struct device_mac_call *call,
      enum device_mac_news news)
{
	if (news == DEVICE_MAC_FIRST || news == DEVICE_MAC_ACCEPTED)
		d->mac = call->mac;
	d->other_mac = news == DEVICE_MAC_OTHER ? call->mac : NULL;
	d->other_mac_at = news == DEVICE_MAC_OTHER ? call->now_at
		: CLOCK_NO_TIME;
}

static enum db_result
add_audit(struct db *db, struct arena *a, const struct device_mac_call *call,
          const struct device *d, enum device_mac_news news)
{
	struct audit line = {
		.company = call->company, .user_id = call->user_id,
		.action = "change", .table = "mst_devices",
		.row = arena_printf(a, "%lld", (long long)d->id),
		.fields = changed_fields[news], .address = call->address,
	};

	return audit_add(db, &line, call->now_at);
}

/* With the row held, so that it is judged by what it says when it changes. */
static enum db_result
change(struct db *db, struct arena *a, const struct device_mac_call *call,
       bool is_answer, struct device *d)
{
	enum device_mac_news news;
	enum db_result rc = device_lock(db, call->company, call->sn);

	if (rc == DB_OK)
		rc = device_find(db, a, call->company, call->sn, d);
	if (rc != DB_OK)
		return rc;
	if (is_answer && !is_same(call->mac, d->other_mac))
		return DB_NONE;
	news = is_answer ? DEVICE_MAC_ACCEPTED
		: device_mac_judge(d, call->mac);
	if (news == DEVICE_MAC_NOTHING)
		return DB_OK;
	apply(d, call, news);
	rc = store(db, call, d);
	return rc == DB_OK ? add_audit(db, a, call, d, news) : rc;
}

static enum db_result
change_in_tx(struct db *db, struct arena *a,
             const struct device_mac_call *call, bool is_answer,
             struct device *d)
{
	enum db_result rc = DB_AGAIN;

	for (int i = 0; i < TRIES && rc == DB_AGAIN; i++) {
		rc = db_tx_begin(db);
		if (rc == DB_OK)
			rc = change(db, a, call, is_answer, d);
		if (rc == DB_OK)
			rc = db_tx_commit(db);
		if (rc != DB_OK)
			db_tx_rollback(db);
	}
	return rc;
}

enum db_result
device_mac_report(struct db *db, struct arena *a,
                  const struct device_mac_call *call, struct device *device)
{
	/* nearly always: then nothing is locked or written */
	if (device_mac_judge(device, call->mac) == DEVICE_MAC_NOTHING)
		return DB_OK;
	return change_in_tx(db, a, call, false, device);
}

enum db_result
device_mac_accept(struct db *db, struct arena *a,
                  const struct device_mac_call *call)
{
	struct device device;

	return change_in_tx(db, a, call, true, &device);
}
