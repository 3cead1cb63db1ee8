/* device_users.h: whom a terminal knows */
#ifndef DEVICE_USERS_H
#define DEVICE_USERS_H

#include "db/db.h"

#define DEVICE_USERS_MAX 10000
#define DEVICE_USERS_NAME_MAX 24	/* characters */

/* A user as the terminal has it. */
struct device_user {
	const char *user_id;
	const char *name;	/* may be "" */
	int64_t privilege;	/* 0 to 255 */
	bool is_enabled;
};

/*
 * Puts a list in the place of the one that is held of a terminal.  Of a number
 * that comes twice the last counts.  DB_NONE: not the company's terminal.
 */
enum db_result device_users_replace(struct db *db, const char *company,
                                    const char *sn,
                                    const struct device_user *list,
                                    size_t count);

#endif
