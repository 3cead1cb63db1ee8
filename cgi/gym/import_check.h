/* import_check.h: rows of values, compared with what the company has */
#ifndef IMPORT_CHECK_H
#define IMPORT_CHECK_H

#include "gym/import_read.h"

/* A step over some rows, IMPORT_CHUNK at most. */
typedef enum db_result import_step(struct db *db, struct import *im,
                                   struct import_row *rows, size_t count);
/* Takes it over all rows, and tells the progress. */
enum db_result import_each_chunk(struct db *db, struct import *im,
                                 import_step *step);

/*
 * Whose codes they are: sets member_id, and for IMPORT_MEMBERS the effect.
 * Blames codes that are nobody's or of somebody erased.
 */
import_step import_check_members;
import_step import_check_subscriptions;
import_step import_check_mappings;

/* Within the file: blames rows that are about the same thing. */
void import_check_twice(struct import *im);

#endif
