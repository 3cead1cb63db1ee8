/* guess.c: passwords that are guessed first */
#include "gym/guess.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define PASSWORD_MAX 256	/* bytes that are looked at */
#define DIFFERENT_LEAST 5	/* different characters */
#define LEFT_LEAST 4		/* characters that nobody guesses */
#define PIECE_LEAST 3		/* of a row of keys, or of one's own name */

/* What stands alone or beside digits in every list of stolen passwords. */
static const char *const common[] = {
	"abc", "access", "admin", "alex", "andrew", "angel", "apple", "asdf",
	"ashley", "azerty", "baby", "baseball", "batman", "biteme", "blink",
	"buster", "change", "charlie", "chelsea", "cheese", "cookie",
	"computer", "daniel", "default", "dragon", "family", "flower",
	"football", "freedom", "friend", "fuck", "ganesh", "george", "ginger",
	"google", "guest", "gym", "gymgate", "hannah", "hello", "hunter",
	"india", "internet", "jaihind", "jaimatadi", "jennifer", "jessica",
	"jesus", "jordan", "joshua", "killer", "krishna", "letmein", "login",
	"love", "iloveyou", "lucky", "maggie", "manager", "master", "matrix",
	"merlin", "michael", "michelle", "monkey", "mother", "mustang",
	"nicole", "ninja", "oracle", "owner", "pass", "password", "pepper",
	"pokemon", "princess", "purple", "qwert", "ranger", "root", "sairam",
	"samsung", "secret", "service", "shadow", "shivam", "silver",
	"soccer", "staff", "star", "starwars", "summer", "sunshine",
	"superman", "system", "taylor", "temp", "test", "thomas", "tiger",
	"trustno", "user", "victor", "waheguru", "welcome", "whatever",
	"winter", "winner", "word", "yellow", "zxcv",
};

/* Rows of keys, as fingers walk over them; backwards, too. */
static const char *const rows[] = {
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop",
	"qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
	"1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
	"1a2s3d4f5g6h7j8k9l", "a1s2d3f4g5h6j7k8l9", "1z2x3c4v5b6n7m",
	"qpwoeirutyalskdjfhg", "abcdefghijklmnopqrstuvwxyz",
	"a1b2c3d4e5f6g7h8", "1a2b3c4d5e6f7g8h", "!@#$%^&*()",
};

/* ---- reading ------------------------------------------------------------- */

/* A letter of any script: what no ASCII sign or digit is. */
static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* In lower case, as far as it fits; returns its length. */
static size_t
lower(char out[PASSWORD_MAX], const char *in)
{
	size_t n = 0;

	for (; *in != '\0' && n + 1 < PASSWORD_MAX; in++)
		out[n++] = (char)tolower((unsigned char)*in);
	out[n] = '\0';
	return n;
}

/* The letter that a digit or sign stands for, as in p4ssw0rd. */
static char
plain(char c)
{
	static const char from[] = "013457@$!", to[] = "oleastasi";
	const char *at = c == '\0' ? NULL : strchr(from, c);

	return at == NULL ? c : to[at - from];
}

/* ---- pieces that are guessed --------------------------------------------- */

/* How many bytes of `s` are `word`, or read like it: all of it, or 0. */
static size_t
word_here(const char *s, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] != word[i] && plain(s[i]) != word[i])
			return 0;
	}
	return len;
}

/* The longest row of keys that begins here, forwards or backwards; or 0. */
static size_t
row_here(const char *s, const char *row)
{
	size_t longest = 0;

	for (const char *at = row; *at != '\0'; at++) {
		size_t up = 0, down = 0, most = (size_t)(at - row) + 1;

		while (s[up] != '\0' && at[up] == s[up])
			up++;
		while (down < most && s[down] != '\0' &&
		       *(at - down) == s[down])
			down++;
		if (up > longest)
			longest = up;
		if (down > longest)
			longest = down;
	}
	return longest >= PIECE_LEAST ? longest : 0;
}

/* A character again and again, or digits. */
static size_t
run_here(const char *s)
{
	size_t same = 1, digits = strspn(s, "0123456789");

	while (s[same] != '\0' && s[same] == s[0])
		same++;
	if (same < PIECE_LEAST)
		same = 0;
	return same > digits ? same : digits;
}

/* The words of one's own names and addresses. */
static size_t
own_here(const char *s, const char *const *own)
{
	size_t longest = 0;

	for (; *own != NULL; own++) {
		char text[PASSWORD_MAX];
		size_t len = lower(text, *own), from = 0, to;

		for (; from < len; from = to + 1) {
			for (to = from; is_letter(text[to]); )
				to++;
			if (to - from >= PIECE_LEAST && to - from > longest &&
			    word_here(s, text + from, to - from) > 0)
				longest = to - from;
		}
	}
	return longest;
}

static size_t
piece_here(const char *s, const char *const *own)
{
	size_t longest = run_here(s), len = own_here(s, own);

	if (len > longest)
		longest = len;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		len = word_here(s, common[i], strlen(common[i]));
		if (len > longest)
			longest = len;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		len = row_here(s, rows[i]);
		if (len > longest)
			longest = len;
	}
	return longest;
}

/* ---- judging ------------------------------------------------------------- */

static size_t
count_different(const char *s)
{
	bool seen[UINT8_MAX + 1] = { false };
	size_t count = 0;

	for (; *s != '\0'; s++) {
		count += !seen[(unsigned char)*s];
		seen[(unsigned char)*s] = true;
	}
	return count;
}

/*
 * How many characters, and how many words: letters between others, or from a
 * capital behind a small one on.
 */
static void
measure(const char *s, size_t *characters, size_t *words)
{
	char before = '\0';

	*characters = *words = 0;
	for (; *s != '\0'; before = *s++) {
		*characters += (*s & 0xc0) != 0x80;
		*words += is_letter(*s) && (!is_letter(before) ||
			(isupper((unsigned char)*s) &&
			 islower((unsigned char)before)));
	}
}

bool
guess_is_likely(const char *password, const char *const *own)
{
	char s[PASSWORD_MAX];
	size_t len = lower(s, password), characters, words, left = 0, piece;

	measure(password, &characters, &words);
	if (count_different(s) < DIFFERENT_LEAST ||
	    (characters < GUESS_LONG && words <= 1))
		return true;
	for (size_t i = 0; i < len && left < LEFT_LEAST; i += piece) {
		piece = piece_here(s + i, own);
		/* blanks and signs between two pieces hide nothing */
		left += piece == 0 && (is_letter(s[i]) || isdigit(s[i]));
		piece = piece == 0 ? 1 : piece;
	}
	return left < LEFT_LEAST;
}
