/* attendance.h: what the pages of attendance share */
#ifndef PAGES_ATTENDANCE_H
#define PAGES_ATTENDANCE_H

#include <json-c/json.h>

#include "gym/attendance.h"
#include "http/http.h"

/* The model of partials/attendance.html. */
void present_attendance(struct req *req, json_object *row,
                        const struct attendance *a);

#endif
