/* migrate.h: bringing the tables of a database up to this version */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "gym/site.h"

/*
 * Applies the files of `site->migrate_sql`/migrations that have not been, in
 * the order of their names, each once, then grants.sql for the programs'
 * account.  `each` is told the name of every file it applies.  One run at a
 * time; a second waits 30 s.  False: `error` says in one line what is wrong.
 */
bool migrate_run(struct site *site, int64_t now_at,
                 void (*each)(const char *name), char *error, size_t size);

#endif
