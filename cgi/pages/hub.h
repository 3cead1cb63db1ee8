/* hub.h: what the live hub sends, and to whom */
#ifndef HUB_H
#define HUB_H

#include "db/db.h"
#include "http/stream.h"

/*
 * Streams of bridges are looked after by bridges.h; those of browsers here.
 *
 * Viewers who may see the same rows are one audience: a company, in one branch
 * or all.  Each audience is looked after when a worker wakes it, and every 300
 * ms anyway: rows of today that are new go out, drawn once for each kind of
 * page that shows them (the dashboard, the front desk, the front desk with
 * short names), many at once as one `refresh`; to dashboards also counts and
 * terminals when they have changed, and a `refresh` when less is unmapped than
 * before; to desks a `refresh` at midnight.
 */
struct hub;

struct hub *hub_create(struct db *db);
void hub_destroy(struct hub *hub);

/* For stream_create, with the hub as their argument. */
extern const struct stream_hooks hub_hooks;

#endif
