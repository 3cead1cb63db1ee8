/* stmt.h: enum and text of every statement, made from sql/queries.sql */
#ifndef STMT_H
#define STMT_H

enum stmt_id {
#include "db/stmt_names.h"
	STMT__COUNT
};

struct stmt {
	const char *name;
	const char *sql;
};

extern const struct stmt stmts[];

#endif
