/* device_call.h: what the routes of a terminal have in common */
#ifndef DEVICE_CALL_H
#define DEVICE_CALL_H

#include "http/http.h"

/*
 * The terminal that the path names, where the token may speak for it; else
 * NULL, and device_call_refuse() is the answer.  Whether it is the company's is
 * for the database to say.
 */
const char *device_call_sn(struct req *req);
/* 403: "Not a terminal of this token". */
enum status device_call_refuse(struct res *res);

/*
 * The body as a JSON object, in the request's arena.  HTTP_200; or HTTP_400 or
 * HTTP_422, with the refusal written.
 */
enum status device_call_body(struct req *req, struct res *res,
                          struct json_object **out);
/* `{"status":true}` */
enum status device_call_done(struct res *res);

#endif
