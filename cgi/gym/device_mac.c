/* device_mac.c: which MAC address a terminal has, and who says so */
#include "gym/device_mac.h"

#include <strings.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/audit.h"

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
add_audit(struct db *db, const struct device_mac_call *call,
          const struct device *d, enum device_mac_news news)
{
	const struct actor actor = { call->company, call->user_id,
		                     call->address, call->now_at };

	return audit_row(db, &actor, "change", "mst_devices", d->id,
	                 changed_fields[news]);
}

/* What a transaction is about. */
struct change {
	const struct device_mac_call *call;
	bool is_answer;
	struct arena *arena;
	struct device *device;
};

/* With the row held, so that it is judged by what it says when it changes. */
static enum db_result
change(struct db *db, void *arg)
{
	const struct change *c = arg;
	const struct device_mac_call *call = c->call;
	struct device *d = c->device;
	enum device_mac_news news;
	enum db_result rc = device_lock(db, call->company, call->sn);

	if (rc == DB_OK)
		rc = device_find(db, c->arena, call->company, call->sn, d);
	if (rc != DB_OK)
		return rc;
	if (c->is_answer && !is_same(call->mac, d->other_mac))
		return DB_NONE;
	news = c->is_answer ? DEVICE_MAC_ACCEPTED
		: device_mac_judge(d, call->mac);
	if (news == DEVICE_MAC_NOTHING)
		return DB_OK;
	apply(d, call, news);
	rc = store(db, call, d);
	return rc == DB_OK ? add_audit(db, call, d, news) : rc;
}

enum db_result
device_mac_report(struct db *db, struct arena *a,
                  const struct device_mac_call *call, struct device *device)
{
	/* nearly always: then nothing is locked or written */
	if (device_mac_judge(device, call->mac) == DEVICE_MAC_NOTHING)
		return DB_OK;
	return tx_run(db, change, &(struct change){ call, false, a, device });
}

enum db_result
device_mac_accept(struct db *db, struct arena *a,
                  const struct device_mac_call *call)
{
	struct device device;

	return tx_run(db, change, &(struct change){ call, true, a, &device });
}
