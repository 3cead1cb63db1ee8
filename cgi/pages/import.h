/* import.h: what the pages of imports share */
#ifndef PAGES_IMPORT_H
#define PAGES_IMPORT_H

#include <json-c/json.h>

#include "gym/import_job.h"
#include "http/http.h"
#include "http/words.h"

/* What is wrong with a row, as a sentence with its detail. */
const char *import_why(struct arena *a, const struct import_problem *problem);
/* Of a file as a whole; WORD_NONE: it can be read. */
enum word import_file_fault(enum csv_result result, const struct csv *table);

/* The names that pages and lists show of a job. */
void import_present_job(struct req *req, json_object *model,
                        const struct import_job *job, const char *zone);

/*
 * Compares the file of a job with what the company has now.  HTTP_200;
 * HTTP_404: its bytes are gone; HTTP_503.
 */
enum status import_compare(struct req *req, const struct import_job *job,
                           struct csv *table, struct import *out);
/* The job of the address; HTTP_200, 404 or 503. */
enum status import_asked(struct req *req, struct import_job *out);

#endif
