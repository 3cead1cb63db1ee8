/* call.c: one request to the server about one terminal */
#include "call.h"

#include <stdio.h>

#include "base/clock.h"

#define ANSWER_BYTES (16 * 1024 * 1024)	/* a list of 10,000 users, hours and all */

/* A serial number holds nothing that an address would have to escape. */
int
call_server(struct call_line *line, const char *method, const char *sn,
            const char *what, const struct buf *body, const char *etag)
{
	const struct setup_server *server = line->server;
	char condition[200];
	const char *const headers[] = { condition, NULL };
	struct buf url = BUF_INIT;
	struct fetch_request request = {
		.method = method, .bearer = server->token,
		.ca_file = server->ca_file[0] == '\0' ? NULL
			: server->ca_file,
		.timeout_ms = (int)server->timeout_ms,
		.most_bytes = ANSWER_BYTES,
	};

	if (body != NULL) {
		request.type = "application/json";
		request.body = body->data;
		request.len = body->len;
	}
	snprintf(condition, sizeof condition, "If-None-Match: %s",
	         etag == NULL ? "" : etag);
	if (etag != NULL && *etag != '\0')
		request.headers = headers;
	buf_appendf(&url, "%s/api/devices/%s/%s", server->url, sn, what);
	request.url = url.data;
	fetch_do(line->fetch, &request, &line->answer);
	buf_finish(&url);
	atomic_store(&line->beat, clock_mono_ms());
	return line->answer.outcome == FETCH_ANSWERED ? line->answer.status
		: 0;
}
