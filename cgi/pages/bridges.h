/* bridges.h: the event streams of bridges, for the live hub */
#ifndef BRIDGES_H
#define BRIDGES_H

#include "db/db.h"
#include "http/stream.h"

/*
 * GET /api/devices/SN/events with a token: `access` at once, and whenever
 * something has changed that the bridge should ask for again: who may enter, or
 * what the answer to its report tells of the terminal.  Streams of one terminal
 * share one look at the tables, when a worker has woken us or every 2 s.
 */
struct bridges;

struct bridges *bridges_create(struct db *db);
void bridges_destroy(struct bridges *b);

/* These are called by the hooks of the hub; see struct stream_hooks. */
enum status bridges_asked(struct bridges *b, struct req *req, struct res *res,
                          struct stream_viewer *v);
void bridges_woken(struct bridges *b, const char *company);
void bridges_settled(struct bridges *b);
void bridges_tick(struct bridges *b);

#endif
