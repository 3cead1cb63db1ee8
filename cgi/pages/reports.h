/* reports.h: what the reports share: of which branch, on which day */
#ifndef REPORTS_H
#define REPORTS_H

#include "gym/report.h"
#include "http/http.h"

struct reports_asked {
	struct report_scope scope;
	const char *zone;	/* of the branch, or of the first one */
	int32_t today;		/* there */
};

/*
 * Reads the ?branch= of the address, and puts into the model what
 * partials/reports_head.html asks for.  HTTP_200; HTTP_404 for a branch that
 * the caller may not see; HTTP_503.
 */
enum status reports_begin(struct req *req, struct res *res,
                          struct reports_asked *out);

#endif
