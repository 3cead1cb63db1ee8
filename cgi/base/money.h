/* money.h: amounts of a currency, as typed and as printed */
#ifndef MONEY_H
#define MONEY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An amount is an int64_t of the currency's minor units (paise, cents; whole
 * yen).  `currency` is an ISO 4217 code; one that is not in our table has two
 * decimals and is printed by its code.
 */
#define MONEY_MOST INT64_C(100000000000)	/* nobody pays more: 1e9.00 */
#define MONEY_TEXT_SIZE 48

/*
 * Reads what a person types: "1500", "1,500.50", "Rs 1500", with the currency's
 * sign or code before it or not.  False for anything else, more decimals than
 * there are, below 0 or over MONEY_MOST.
 */
bool money_parse(const char *text, const char *currency, int64_t *out);

/* "₹1,50,000", "₹1,500.50", "-₹200", "€1,500.00", "XYZ 10.00" */
const char *money_text(int64_t amount, const char *currency,
                       char out[MONEY_TEXT_SIZE]);
/* As a form field holds it: "1500" or "1500.50"; not below 0 */
const char *money_plain(int64_t amount, const char *currency,
                        char out[MONEY_TEXT_SIZE]);
/* How many decimals the currency has. */
int money_decimals(const char *currency);

#endif
