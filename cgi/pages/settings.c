/* settings.c: what the owner settles of the gym */
#include <string.h>

#include "base/gstin.h"
#include "base/percent.h"
#include "gym/company_edit.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define ABSENT_MOST 365
#define EXPIRING_MOST 90
#define INSIDE_LEAST 15		/* or 0: not shown */
#define INSIDE_MOST 480
#define TYPED_MAX 40	/* of what is read further */

/* To choose from; one that the company has beside these stays, too. */
static const char *const currencies[] = {
	"AED", "AUD", "BDT", "BHD", "CAD", "EUR", "GBP", "IDR", "INR", "JPY",
	"KES", "KWD", "LKR", "MYR", "NGN", "NPR", "OMR", "PHP", "PKR", "QAR",
	"SAR", "SGD", "THB", "USD", "ZAR",
};

#define CURRENCY_COUNT (sizeof currencies / sizeof *currencies)

struct typed {
	const char *name, *currency, *phone_code, *address, *gstin, *tax_rate;
	const char *receipt_prefix, *receipt_note;
	int64_t absent_days, expiring_days, inside_minutes;
};

static const struct form_field fields[] = {
	{ .name = "absent_days", .type = FORM_INT, .is_required = true,
	  .least = 1, .most = ABSENT_MOST,
	  .offset = offsetof(struct typed, absent_days) },
	{ .name = "address", .type = FORM_LINES, .most = COMPANY_ADDRESS_MAX,
	  .offset = offsetof(struct typed, address) },
	{ .name = "currency", .type = FORM_WORD, .is_required = true,
	  .least = 3, .most = 3, .offset = offsetof(struct typed, currency) },
	{ .name = "expiring_days", .type = FORM_INT, .is_required = true,
	  .least = 1, .most = EXPIRING_MOST,
	  .offset = offsetof(struct typed, expiring_days) },
	{ .name = "gstin", .type = FORM_LINE, .most = TYPED_MAX,
	  .offset = offsetof(struct typed, gstin) },
	{ .name = "inside_minutes", .type = FORM_INT, .is_required = true,
	  .least = 0, .most = INSIDE_MOST,
	  .offset = offsetof(struct typed, inside_minutes) },
	{ .name = "name", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = COMPANY_NAME_MAX, .offset = offsetof(struct typed, name) },
	{ .name = "phone_code", .type = FORM_WORD, .is_required = true,
	  .least = 1, .most = TYPED_MAX, .also = "+",
	  .offset = offsetof(struct typed, phone_code) },
	{ .name = "receipt_note", .type = FORM_LINES,
	  .most = COMPANY_NOTE_MAX,
	  .offset = offsetof(struct typed, receipt_note) },
	{ .name = "receipt_prefix", .type = FORM_WORD,
	  .most = COMPANY_PREFIX_MAX, .also = "-/._",
	  .offset = offsetof(struct typed, receipt_prefix) },
	{ .name = "tax_rate", .type = FORM_LINE, .most = TYPED_MAX,
	  .offset = offsetof(struct typed, tax_rate) },
};

/* One form on its way. */
struct edit {
	struct req *req;
	struct company_settings stored;
	struct form form;
	int64_t version;
	bool is_stale;
};

static enum status
find(struct edit *e, struct req *req)
{
	*e = (struct edit){ .req = req };
	form_begin(&e->form, req, fields, FORM_COUNT(fields));
	return company_settings_find(req->db, req->arena, req->caller.company,
	                             &e->stored) == DB_OK ? HTTP_200
		: HTTP_503;
}

static void
set_stored(struct form *f, const struct company_settings *s)
{
	char rate[PERCENT_TEXT_SIZE];

	form_set_int(f, "absent_days", s->absent_days);
	form_set(f, "address", s->address);
	form_set(f, "currency", s->currency);
	form_set_int(f, "expiring_days", s->expiring_days);
	form_set(f, "gstin", s->gstin);
	form_set_int(f, "inside_minutes", s->inside_minutes);
	form_set(f, "name", s->name);
	form_set(f, "phone_code", s->phone_code);
	form_set(f, "receipt_note", s->receipt_note);
	form_set(f, "receipt_prefix", s->receipt_prefix);
	form_set(f, "tax_rate", arena_strdup(f->req->arena,
	                                     percent_text(s->tax_rate, rate)));
}

/* ---- reading ------------------------------------------------------------- */

static bool
is_currency(const struct edit *e, const char *code)
{
	for (size_t i = 0; i < CURRENCY_COUNT; i++) {
		if (strcmp(currencies[i], code) == 0)
			return true;
	}
	return strcmp(e->stored.currency, code) == 0;
}

/* Amounts that are kept would be of another currency then. */
static enum status
take_currency(struct edit *e, const char *code)
{
	if (!is_currency(e, code)) {
		form_refuse(&e->form, "currency", WORD_NOT_A_CHOICE);
		return HTTP_200;
	}
	if (strcmp(e->stored.currency, code) == 0)
		return HTTP_200;
	switch (company_is_paid(e->req->db, e->req->caller.company)) {
	case DB_OK:
		form_refuse(&e->form, "currency", WORD_CURRENCY_USED);
		return HTTP_200;
	case DB_NONE:
		return HTTP_200;
	default:
		return HTTP_503;
	}
}

/* "+91" and "91" are one. */
static const char *
take_phone_code(struct edit *e, const char *typed)
{
	size_t len;

	typed += *typed == '+';
	len = strspn(typed, "0123456789");
	if (len == 0 || len > 3 || typed[len] != '\0' || *typed == '0')
		form_refuse(&e->form, "phone_code", WORD_BAD_PHONE_CODE);
	return typed;
}

static const char *
take_gstin(struct edit *e, const char *typed)
{
	char gstin[GSTIN_SIZE];

	if (typed == NULL)
		return NULL;
	if (gstin_parse(typed, gstin))
		return arena_strdup(e->req->arena, gstin);
	form_refuse(&e->form, "gstin", WORD_BAD_GSTIN);
	return NULL;
}

static int64_t
take_tax_rate(struct edit *e, const char *typed)
{
	int64_t rate = 0;

	if (typed != NULL && !percent_parse(typed, &rate))
		form_refuse(&e->form, "tax_rate", WORD_NOT_PERCENT);
	return rate;
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* HTTP_200, though some of it may be refused; or HTTP_503. */
static enum status
take(struct edit *e, struct company_settings *out)
{
	struct typed typed = { 0 };

	form_read(&e->form, &typed);
	e->version = http_find_id(&e->req->form, "version");
	*out = (struct company_settings){
		.name = typed.name, .currency = typed.currency,
		.expiring_days = typed.expiring_days,
		.inside_minutes = typed.inside_minutes,
		.absent_days = typed.absent_days,
		.address = or_empty(typed.address),
		.gstin = take_gstin(e, typed.gstin),
		.tax_rate = take_tax_rate(e, typed.tax_rate),
		.receipt_prefix = or_empty(typed.receipt_prefix),
		.receipt_note = or_empty(typed.receipt_note),
		.version = e->version,
	};
	if (typed.inside_minutes > 0 && typed.inside_minutes < INSIDE_LEAST)
		form_refuse(&e->form, "inside_minutes", WORD_OUT_OF_BOUNDS);
	if (typed.phone_code != NULL)
		out->phone_code = take_phone_code(e, typed.phone_code);
	return typed.currency == NULL ? HTTP_200
		: take_currency(e, typed.currency);
}

/* ---- drawing ------------------------------------------------------------- */

static void
present_currencies(struct edit *e, json_object *model)
{
	struct form_choice list[CURRENCY_COUNT + 1];
	const char *own = e->stored.currency;
	size_t count = 0;
	bool is_listed = false;

	for (size_t i = 0; i < CURRENCY_COUNT; i++) {
		list[count++] = (struct form_choice){ currencies[i],
			                              currencies[i] };
		is_listed = is_listed || strcmp(currencies[i], own) == 0;
	}
	if (!is_listed)
		list[count++] = (struct form_choice){ own, own };
	form_present_choices(&e->form, model, "currency", list, count);
}

static enum status
present_branches(struct req *req, json_object *model)
{
	json_object *rows = json_object_new_array();
	struct branch_list list;

	json_object_object_add(model, "branches", rows);
	if (asked_branches(req, &list) != HTTP_200)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++) {
		json_object *row = json_object_new_object();

		present_str(row, "url", arena_printf(req->arena,
			"/settings/branches/%s",
			choose_id_text(req, list.rows[i].id)));
		present_str(row, "name_text", list.rows[i].name);
		present_str(row, "zone_text", list.rows[i].zone);
		json_object_array_add(rows, row);
	}
	present_bool(model, "has_branches", list.count > 0);
	return HTTP_200;
}

static enum status
draw(struct edit *e, struct res *res, enum status status)
{
	json_object *model = res->model;
	struct form stored;

	form_begin(&stored, e->req, fields, FORM_COUNT(fields));
	set_stored(&stored, &e->stored);
	present_str(model, "row_version", choose_id_text(e->req, e->version));
	present_bool(model, "is_stale", e->is_stale);
	present_bool(model, "is_done", e->req->method == HTTP_GET &&
	             http_find(&e->req->query, "done") != NULL);
	form_present(&e->form, model);
	form_present_now(&e->form, e->is_stale ? &stored : NULL, model);
	present_currencies(e, model);
	if (present_branches(e->req, model) != HTTP_200)
		return HTTP_503;
	return view_page(res, "settings") == HTTP_200 ? status : HTTP_500;
}

/* GET /settings?done=1 -- the form, as stored; with `done`, a moment ago. */
enum status
page_settings(struct req *req, struct res *res)
{
	struct edit e;
	enum status status = find(&e, req);

	if (status != HTTP_200)
		return status;
	set_stored(&e.form, &e.stored);
	e.version = e.stored.version;
	return draw(&e, res, HTTP_200);
}

/*
 * POST /settings {version, name, currency, expiring_days, absent_days,
 * inside_minutes, phone_code, address, gstin, tax_rate, receipt_prefix,
 * receipt_note} -- 303 to the page.  Where somebody has changed them meanwhile,
 * nothing is stored, and both are shown.
 */
enum status
do_settings(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct company_settings typed;
	struct edit e;
	enum status status = find(&e, req);

	if (status == HTTP_200)
		status = take(&e, &typed);
	if (status != HTTP_200)
		return status;
	if (e.form.is_refused)
		return draw(&e, res, HTTP_422);
	switch (company_settings_edit(req->db, req->arena, &actor, &typed)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, "/settings?done=1");
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	if (company_settings_find(req->db, req->arena, req->caller.company,
	                          &e.stored) != DB_OK)
		return HTTP_503;
	e.is_stale = true;
	e.version = e.stored.version;
	return draw(&e, res, HTTP_422);
}
