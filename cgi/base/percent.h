/* percent.h: rates with two decimals, as typed and as printed */
#ifndef PERCENT_H
#define PERCENT_H

#include <stdbool.h>
#include <stdint.h>

#define PERCENT_MOST 10000	/* hundredths of a percent: all of it */
#define PERCENT_TEXT_SIZE 16

/* "18", "18.5", "18.00 %" into 1800 and so on; false for anything else. */
bool percent_parse(const char *text, int64_t *hundredths);
/* "18", "18.50": no decimals where there are none. */
const char *percent_text(int64_t hundredths, char out[PERCENT_TEXT_SIZE]);

#endif
