/* gstin.h: the number under which an Indian business pays GST */
#ifndef GSTIN_H
#define GSTIN_H

#include <stdbool.h>

#define GSTIN_SIZE 16	/* 15 characters and a NUL */

/*
 * Reads what a person types, in small letters or with blanks between, into
 * "27AAPFU0939F1ZV": state, PAN, entity, Z, check digit.  False when it has
 * another form, or the check digit says that it was mistyped.
 */
bool gstin_parse(const char *text, char out[GSTIN_SIZE]);

#endif
