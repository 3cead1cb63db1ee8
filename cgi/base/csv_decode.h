/* csv_decode.h: the bytes of a text file as UTF-8 */
#ifndef CSV_DECODE_H
#define CSV_DECODE_H

#include "base/buf.h"

/* Stands for what cannot be read: U+FFFD. */
#define CSV_LOST_CHARACTER "\xef\xbf\xbd"

/*
 * Appends the text of a file to `out` in UTF-8, without its mark, and returns
 * the name of its encoding: UTF-8 or UTF-16 by the mark, else UTF-8 where it
 * is that, else Windows-1252.  What has no place in it is CSV_LOST_CHARACTER.
 */
const char *csv_decode(const void *data, size_t len, struct buf *out);

#endif
