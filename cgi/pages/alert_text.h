/* alert_text.h: what a mail about alerts says */
#ifndef ALERT_TEXT_H
#define ALERT_TEXT_H

#include "base/buf.h"
#include "gym/alert_mail.h"

/* "Bridge silent": a kind, in a few words; not copied. */
const char *alert_text_kind(enum alert_kind kind);

/*
 * Appends subject and text, in UTF-8; `url` is the address of the site, ""
 * where it is not known.  What names hold is on no line of its own.
 */
void alert_text_write(const struct alert_letter *letter, const char *url,
                      struct buf *subject, struct buf *text);

#endif
