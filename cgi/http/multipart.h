/* multipart.h: a form with a file (multipart/form-data, RFC 7578) into parts */
#ifndef MULTIPART_H
#define MULTIPART_H

#include "http/http.h"

#define MULTIPART_PARTS_MAX 32
#define MULTIPART_HEAD_MAX 4096		/* bytes of the headers of one part */
#define MULTIPART_FIELD_MAX (64 * 1024)	/* bytes of one field's value */

/*
 * Takes a body apart by the boundary that `content_type` names.  Fields go to
 * `form`, copied and ended by a NUL; the first file goes to `file`, which points
 * into `body`, and others are dropped.  A browser sends a file that was not
 * chosen as an empty one without a name: that is none, and `file->name` is NULL
 * when there is no other.
 *
 * False for what browsers do not send: another type or no boundary, anything
 * around the parts, a part without a name, over the limits above, or no end.
 */
bool multipart_parse(struct arena *a, const char *content_type,
                     const char *body, size_t len, struct http_pairs *form,
                     struct http_file *file);

#endif
