/* routes.h: the one table of what can be asked for */
#ifndef ROUTES_H
#define ROUTES_H

#include "http/fcgi.h"

/* Answers a request by the table; `arg` is the struct db of the process. */
fcgi_handler routes_answer;

#endif
