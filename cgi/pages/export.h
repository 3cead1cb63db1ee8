/* export.h: a list as a file for a spreadsheet: all of its pages */
#ifndef EXPORT_H
#define EXPORT_H

#include <json-c/json.h>

#include "base/sheet.h"
#include "db/db.h"
#include "http/http.h"
#include "http/words.h"

#define EXPORT_CHUNK 500	/* rows that are read at a time */
#define EXPORT_ROWS_MAX 100000	/* whole chunks */

struct export_column {
	enum word title;	/* of money, the currency is added */
	enum sheet_kind kind;
};

/* A file that is being written. */
struct export {
	struct req *req;
	/*
	 * For the rows that are read now.  What came into it with the chunk
	 * before stays as long as this one; so does its last row.
	 */
	struct arena *arena;
	struct sheet *sheet;
	void *asked;		/* the list's own: what of it, and how far */
	bool has_more;		/* said by each chunk */
	bool is_cut;		/* there is more than can be read at all */
};

struct export_list {
	const char *name;	/* a word: in the file's name, and the audit */
	const char *table;	/* the one of the audit that it is of */
	const struct export_column *columns;
	size_t count;
	/*
	 * Reads the next EXPORT_CHUNK rows, or fewer, writes them, says in has_more
	 * whether there are others, and remembers where they begin.
	 */
	enum db_result (*chunk)(struct export *x);
};

/*
 * Answers with the list in the format by which the address ends, .csv or
 * .xlsx: HTTP_200; or HTTP_503, and nothing of it is sent.  Over
 * EXPORT_ROWS_MAX rows its last line says that there are more.  The audit
 * tells who took what, and how many rows.
 */
enum status export_send(struct req *req, struct res *res,
                        const struct export_list *list, void *asked);

/* A phone number (E.164, or NULL) as people at home read it, without a plus. */
void export_phone(struct export *x, const char *e164);
/* How somebody paid: CASH, UPI, CARD or BANK, in words. */
void export_method(struct export *x, const char *method);
/* A text of the table of words; WORD_NONE: empty. */
void export_word(struct export *x, enum word word);

/*
 * What partials/export.html asks for: the same list as the page's, which is at
 * `path`, as a file: "csv_url" and "xlsx_url".
 */
void export_present(struct req *req, json_object *model, const char *path);

#endif
