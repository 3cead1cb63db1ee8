/* tx.c: a transaction as one function, repeated when it loses a deadlock */
#include "db/tx.h"

#define TRIES 4

enum db_result
tx_run(struct db *db, tx_step *step, void *arg)
{
	enum db_result rc = DB_AGAIN;

	for (int i = 0; i < TRIES && rc == DB_AGAIN; i++) {
		rc = db_tx_begin(db);
		if (rc == DB_OK)
			rc = step(db, arg);
		if (rc == DB_OK)
			rc = db_tx_commit(db);
		if (rc != DB_OK)
			db_tx_rollback(db);
	}
	return rc;
}
