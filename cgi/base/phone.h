/* phone.h: telephone numbers: as people type them, as E.164, as they read them */
#ifndef PHONE_H
#define PHONE_H

#include <stdbool.h>

#define PHONE_SIZE 17		/* "+", at most 15 digits, a NUL: E.164 */
#define PHONE_TEXT_SIZE 24

/*
 * Reads "98765 43210", "098765-43210", "+91 98765 43210", "0091...",
 * "(011) 2345 6789" into "+919876543210".  `country` is the code that a number
 * without one belongs to, "91"; a number of India must have ten digits and not
 * begin with 0, one of another country 6 to 15 with its code.  False for
 * anything else.
 */
bool phone_parse(const char *text, const char *country, char out[PHONE_SIZE]);

/*
 * "98765 43210" at home, "+442071838750" elsewhere; `e164` as kept.  What is
 * shown is read as the same number again.
 */
const char *phone_text(const char *e164, const char *country,
                       char out[PHONE_TEXT_SIZE]);
/*
 * The same for a spreadsheet, to which a plus in front is a formula:
 * "98765 43210", "00 442071838750".  phone_parse reads both.
 */
const char *phone_plain(const char *e164, const char *country,
                        char out[PHONE_TEXT_SIZE]);

#endif
