/* tx.h: a transaction as one function, repeated when it loses a deadlock */
#ifndef TX_H
#define TX_H

#include "db/db.h"

/*
 * What is done in a transaction.  May be called several times, so it starts
 * from the beginning each time.  DB_OK is committed; anything else rolls back
 * and is what tx_run returns, but for DB_AGAIN.
 */
typedef enum db_result tx_step(struct db *db, void *arg);

/* DB_AGAIN only when it has lost one deadlock after another. */
enum db_result tx_run(struct db *db, tx_step *step, void *arg);

#endif
