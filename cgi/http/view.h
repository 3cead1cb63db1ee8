/* view.h: pages from html/, and how times and numbers read to people */
#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/http.h"

struct json_object;

/*
 * Reads layout.html, pages/<page>.html and partials/<part>.html of `html_dir`,
 * once for the whole process.  A page begins with its <title>, whose words go
 * into the layout as {{> title}}; what follows it goes there as {{> page}}.
 * False when one of them is broken, already logged in one line: "FILE:LINE:
 * what is wrong".  With `reread`, for development, changed files are read
 * again at the next page; one that is broken then is logged, and the old
 * pages stay.
 */
bool view_open(const char *html_dir, bool reread);
void view_close(void);

/*
 * Draws `page` in the layout, from res->model, into res->body and sets the
 * content type.  `version`, which the addresses of static files carry, is added
 * to the model, and unless they stand there: `refresh_s` and `open_url`, null, and
 * `is_bare`, false; true leaves out what the layout has around the page.  Returns HTTP_200,
 * or HTTP_500, logged, when there is no such page; a handler that draws a form
 * again returns its own status instead.
 */
enum status view_page(struct res *res, const char *page);
/* As view_page, but a partial alone, without the layout. */
enum status view_fragment(struct res *res, const char *part);
/*
 * Draws pages/error.html, which chooses its words by the status, and returns
 * `status`.  Who is signed in is taken from res->model when it is there.
 */
enum status view_error(struct res *res, enum status status);
/* Appends a partial to `out`; false, logged, when it cannot be drawn. */
bool view_partial(struct buf *out, const char *part,
                  struct json_object *model);

/*
 * How many names the models lacked since the start.  Each page that lacks one
 * also logs a warning, "FILE:LINE: NAME is missing from the model": tests
 * fail on it.
 */
unsigned view_missing(void);

/* Each writes words for people into `out` and returns it. */
#define VIEW_TEXT_SIZE 32
/* "7:30 am" */
const char *view_time_text(int64_t local, char out[VIEW_TEXT_SIZE]);
/* "12 Mar 2026" */
const char *view_day_text(int32_t day, char out[VIEW_TEXT_SIZE]);
/* "Thu 12 Mar" */
const char *view_weekday_text(int32_t day, char out[VIEW_TEXT_SIZE]);
/* "Thursday"; not copied */
const char *view_weekday_name(int32_t day);
/* "Mar 2026", of the month that a day lies in; and only "Mar" */
const char *view_month_text(int32_t day, char out[VIEW_TEXT_SIZE]);
const char *view_month_short_text(int32_t day, char out[VIEW_TEXT_SIZE]);
/* "6-7 pm", "11 am-12 pm": an hour of the day, 0 to 23 */
const char *view_hour_text(int hour, char out[VIEW_TEXT_SIZE]);
/* "4.2", from 10 on without tenths: a number of tenths, not below 0 */
const char *view_tenths_text(int64_t tenths, char out[VIEW_TEXT_SIZE]);
/* "45 s", "3 min", "2 h", "5 days": a span of seconds without its sign */
const char *view_span_text(int64_t seconds, char out[VIEW_TEXT_SIZE]);
/* Between two instants: "just now", then "10 s ago", "2 min ago" and so on */
const char *view_ago_text(int64_t then_at, int64_t now_at,
                          char out[VIEW_TEXT_SIZE]);
/* "12,345" */
const char *view_number_text(int64_t number, char out[VIEW_TEXT_SIZE]);

#endif
