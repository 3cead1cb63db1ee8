/* words.h: the one table of messages: what C says to people */
#ifndef WORDS_H
#define WORDS_H

/* All other words that people read stand in html/. */
enum word {
	WORD_NONE,		/* all is well */

	/* of any field */
	WORD_REQUIRED,
	WORD_TOO_LONG,
	WORD_TOO_SHORT,
	WORD_UNREADABLE,	/* not UTF-8, or a control character */
	WORD_NOT_A_NUMBER,
	WORD_OUT_OF_BOUNDS,
	WORD_NOT_A_DAY,
	WORD_NOT_A_TIME,
	WORD_NOT_MONEY,
	WORD_NOT_A_CHOICE,

	/* of some */
	WORD_BAD_EMAIL,
	WORD_BAD_PHONE,
	WORD_END_BEFORE_START,
	WORD_NOT_FOUND,
	WORD_CODE_TAKEN,
	WORD_FREEZE_OVERLAPS,
	WORD_FREEZE_SHORTER,
	WORD_NO_IMAGE,
	WORD_IMAGE_TOO_LARGE,
	WORD_TOO_MANY_PIXELS,
	WORD_IMAGE_BROKEN,
	WORD_CONSENT_NEEDED,
	WORD_TERMINAL_TAKEN,
	WORD_TOKEN_MADE,

	/* of mappings, the inbox, attendance */
	WORD_NO_MEMBER,
	WORD_NUMBER_HELD,
	WORD_NUMBER_OVERLAPS,
	WORD_NUMBER_ENDED,
	WORD_STILL_TO_COME,
	WORD_SETTLED,
	WORD_AFTER_ARRIVAL,
	WORD_BEFORE_START,
	WORD_TIME_KNOWN,

	WORD__COUNT
};

/* The sentence; NULL for WORD_NONE. */
const char *words(enum word word);

#endif
