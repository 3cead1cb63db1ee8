/* device_mac.h: which MAC address a terminal has, and who says so */
#ifndef DEVICE_MAC_H
#define DEVICE_MAC_H

#include "gym/device.h"

/*
 * The first address that is reported of a terminal is accepted.  Another one
 * waits until the owner accepts it, or the accepted one is reported again.
 * Whether letters are small or capital makes no difference.
 */
enum device_mac_news {
	DEVICE_MAC_NOTHING,
	DEVICE_MAC_FIRST,	/* accepted, for there was none */
	DEVICE_MAC_OTHER,	/* waits */
	DEVICE_MAC_BACK,	/* the accepted one: none waits any more */
	DEVICE_MAC_ACCEPTED,	/* the owner has said so */
	DEVICE_MAC__COUNT
};

/* An address of a terminal, and who tells it from where. */
struct device_mac_call {
	const char *company, *sn;
	const char *mac;	/* NULL or "": nothing is told */
	int64_t user_id;	/* 0: a bridge */
	const char *address;
	int64_t now_at;
};

/* What a report of `mac` means for a terminal; pure. */
enum device_mac_news device_mac_judge(const struct device *device,
                                      const char *mac);

/*
 * Takes in what a bridge reports.  `device` is the terminal as it was just
 * read, and is set to what it is then.  DB_NONE: not the company's any more.
 */
enum db_result device_mac_report(struct db *db, struct arena *a,
                                 const struct device_mac_call *call,
                                 struct device *device);
/*
 * The owner accepts the address that waits.  DB_NONE: `call->mac` is not, or
 * no longer, the one that waits; then nothing is changed.
 */
enum db_result device_mac_accept(struct db *db, struct arena *a,
                                 const struct device_mac_call *call);

#endif
