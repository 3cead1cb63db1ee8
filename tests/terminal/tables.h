/* tables.h: users and log as tables, at once, direct and buffered */
#ifndef TERMINAL_TABLES_H
#define TERMINAL_TABLES_H

#include "tests/terminal/session.h"

/* Commands 9 and 13: the whole table in one stream of packets. */
void fake_table_users(struct fake_session *s, const struct fake_request *rq);
void fake_table_log(struct fake_session *s, const struct fake_request *rq);

/*
 * Command 1503 takes a snapshot of a table and sends it at once when it is
 * small; 1504 sends any part of the snapshot; 1502 forgets it.
 */
void fake_table_prepare(struct fake_session *s, const struct fake_request *rq);
void fake_table_read(struct fake_session *s, const struct fake_request *rq);
void fake_table_free(struct fake_session *s, const struct fake_request *rq);

#endif
