/* form_value.h: what is typed into one field, by its type */
#ifndef FORM_VALUE_H
#define FORM_VALUE_H

#include "http/form.h"

/*
 * Reads `s`, not empty and UTF-8, into the value that the type of `field` says,
 * and checks its bounds; what is refused may have been set all the same.
 * Texts are not copied.  `currency` is of FORM_MONEY.  Pure.
 */
enum word form_value_read(const struct form_field *field, const char *currency,
                          const char *s, void *value);

#endif
