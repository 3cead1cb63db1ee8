/* door_trial.c: one finger is blocked and freed, before any other is */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/device_door.h"
#include "gym/device_door_edit.h"
#include "gym/device_order.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define SEARCH_MAX 60
#define USER_ID_MAX 24
#define ENDS_MS (10 * 60 * 1000)	/* then the bridge frees by itself */
#define NOT_REFUSED "not refused"	/* notes of the order to free */
#define STILL_REFUSED "still refused"

/* How far a trial is; each is a flag of the model. */
enum step {
	CHOOSE, BLOCKING, BLOCK_FAILED, ASK_REFUSED, OVER, FREEING,
	FREE_FAILED, ASK_ACCEPTED, NOT_OBEYED, NOT_FREED, OTHER_COUNT, PASSED,
	STEPS
};

static const char *const flags[STEPS] = {
	"is_choose", "is_blocking", "is_block_failed", "is_ask_refused",
	"is_over", "is_freeing", "is_free_failed", "is_ask_accepted",
	"is_not_obeyed", "is_not_freed", "is_other_count", "is_passed",
};

/* The answers that a step takes, and what comes of them. */
static const struct {
	enum step at;
	const char *act, *note;	/* note NULL: nothing is freed, it is passed */
} answers[] = {
	{ ASK_ACCEPTED, "no", STILL_REFUSED },
	{ ASK_ACCEPTED, "yes", NULL },
	{ ASK_REFUSED, "no", NOT_REFUSED },
	{ ASK_REFUSED, "yes", "refused" },
	{ FREE_FAILED, "free", "" },
	{ BLOCK_FAILED, "free", NOT_REFUSED },
};

struct typed {
	const char *q, *act, *user;
	int64_t of;
};

static const struct form_field fields[] = {
	{ .name = "act", .type = FORM_WORD, .most = 8,
	  .offset = offsetof(struct typed, act) },
	{ .name = "of", .type = FORM_INT, .most = INT64_MAX,
	  .offset = offsetof(struct typed, of) },
	{ .name = "q", .type = FORM_LINE, .most = SEARCH_MAX,
	  .offset = offsetof(struct typed, q) },
	{ .name = "user", .type = FORM_WORD, .most = USER_ID_MAX,
	  .offset = offsetof(struct typed, user) },
};

/* The page on its way. */
struct trial {
	struct req *req;
	const char *sn;
	struct device device;
	struct device_door door;
	struct device_order_list orders;
	const struct device_order *block, *last;	/* NULL: none */
	enum step step;
	const char *lever;	/* note of the order to block: "GROUP 9" */
	struct form form;
	struct typed typed;
	enum word fault;
};

static bool
counts_differ(const struct trial *t)
{
	const int64_t all[] = { t->block->before, t->block->after,
		t->last->before, t->last->after };
	int64_t known = -1;

	for (size_t i = 0; i < 4; i++) {
		if (known >= 0 && all[i] >= 0 && all[i] != known)
			return true;
		known = all[i] >= 0 ? all[i] : known;
	}
	return false;
}

static enum step
step_of_freed(const struct trial *t)
{
	if (t->last->state == DEVICE_ORDER_WAITING)
		return FREEING;
	if (t->last->state != DEVICE_ORDER_DONE)
		return FREE_FAILED;
	if (strcmp(t->last->note, NOT_REFUSED) == 0)
		return NOT_OBEYED;
	if (strcmp(t->last->note, STILL_REFUSED) == 0)
		return NOT_FREED;
	if (counts_differ(t))
		return OTHER_COUNT;
	return t->door.trial_at != CLOCK_NO_TIME &&
		t->door.trial_at >= t->last->created_at ? PASSED : ASK_ACCEPTED;
}

/* All of it is told by the orders: a trial with another lever is none. */
static enum step
step_of(const struct trial *t)
{
	if (t->block == NULL || strcmp(t->block->note, t->lever) != 0)
		return CHOOSE;
	if (t->last != t->block)
		return step_of_freed(t);
	if (t->block->state == DEVICE_ORDER_WAITING)
		return BLOCKING;
	if (t->block->state != DEVICE_ORDER_DONE)
		return BLOCK_FAILED;
	return t->req->now_at - t->block->ended_at > ENDS_MS ? OVER
		: ASK_REFUSED;
}

static enum status
begin(struct trial *t, struct req *req)
{
	enum status status;

	*t = (struct trial){ .req = req };
	form_begin(&t->form, req, fields, FORM_COUNT(fields));
	status = asked_device(req, &t->device, &t->sn);
	if (status == HTTP_200)
		status = asked_found(device_door_find(req->db, req->arena,
			req->caller.company, t->sn, &t->door));
	if (status != HTTP_200)
		return status;
	if (device_order_last(req->db, req->arena, req->caller.company, t->sn,
	                      false, req->now_at, &t->orders) != DB_OK)
		return HTTP_503;
	t->lever = arena_printf(req->arena, "%s %" PRId64, t->door.lever,
	                        t->door.lever_value);
	t->last = t->orders.count == 0 ? NULL : &t->orders.rows[0];
	for (size_t i = t->orders.count; i > 0; i--) {
		if (strcmp(t->orders.rows[i - 1].kind, "BLOCK") == 0)
			t->block = &t->orders.rows[i - 1];
	}
	t->step = step_of(t);
	return HTTP_200;
}

/* ---- drawing ------------------------------------------------------------- */

static enum status
present_people(struct trial *t, json_object *model)
{
	json_object *rows = json_object_new_array();
	struct device_order_person *list;
	size_t count;

	json_object_object_add(model, "people", rows);
	if (device_order_people(t->req->db, t->req->arena,
	                        t->req->caller.company, t->sn, t->typed.q,
	                        &list, &count) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < count; i++) {
		json_object *row = json_object_new_object();

		present_str(row, "user_id", list[i].user_id);
		present_str(row, "member_text", list[i].name);
		json_object_array_add(rows, row);
	}
	present_bool(model, "has_people", count > 0);
	return HTTP_200;
}

/* A punch that came while a finger was asked for. */
static enum status
present_touch(struct trial *t, json_object *model)
{
	bool is_asked = t->step == ASK_REFUSED || t->step == ASK_ACCEPTED;
	int64_t local = CLOCK_NO_TIME;
	char time[VIEW_TEXT_SIZE];

	if (is_asked && device_order_touch(t->req->db, t->req->caller.company,
		t->sn, t->block->user_id, t->last->ended_at, &local) > DB_NONE)
		return HTTP_503;
	present_str(model, "touch_text", local == CLOCK_NO_TIME ? NULL
	            : view_time_text(local, time));
	return HTTP_200;
}

static enum status
draw(struct trial *t, struct res *res, enum status status)
{
	const char *url = arena_printf(t->req->arena, "/devices/%s/door",
	                               t->sn);
	json_object *model = res->model;
	bool waits = t->step == BLOCKING || t->step == FREEING;
	bool has_words = t->last != NULL && *t->last->words != '\0';

	present_str(model, "name_text", t->device.name);
	present_str(model, "door_url", url);
	for (int i = 0; i < STEPS; i++)
		present_bool(model, flags[i], (int)t->step == i);
	present_bool(model, "is_waiting", waits || t->step == ASK_REFUSED ||
	             t->step == ASK_ACCEPTED);
	present_bool(model, "may_begin", t->step != FREE_FAILED && !waits &&
	             t->step != ASK_REFUSED && t->step != ASK_ACCEPTED);
	if (waits)
		present_str(model, "refresh_s", "2");
	present_str(model, "number_text", t->block == NULL ? NULL
	            : t->block->user_id);
	present_str(model, "words_text", has_words ? t->last->words : NULL);
	present_str(model, "last_id", choose_id_text(t->req,
		t->last == NULL ? 0 : t->last->id));
	present_str(model, "fault_text", words(t->fault));
	form_present(&t->form, model);
	if (present_people(t, model) != HTTP_200 ||
	    present_touch(t, model) != HTTP_200)
		return HTTP_503;
	return view_page(res, "door_trial") == HTTP_200 ? status : HTTP_500;
}

/* GET /devices/:sn/door/trial?q= -- how far it is, and whom to try it with. */
enum status
page_door_trial(struct req *req, struct res *res)
{
	struct trial t;
	enum status status = begin(&t, req);

	if (status != HTTP_200)
		return status;
	form_read_query(&t.form, &t.typed);
	return draw(&t, res, HTTP_200);
}

/* ---- doing --------------------------------------------------------------- */

static enum status
order(struct trial *t, const char *kind, const char *user_id,
      const char *note, const char *nonce)
{
	const struct actor actor = asked_actor(t->req);
	const struct device_order_call call = {
		.sn = t->sn, .kind = kind, .user_id = user_id, .note = note,
		.lasts_ms = DEVICE_ORDER_TRIAL_MS, .nonce = nonce,
	};
	int64_t id;
	enum status status = asked_found(device_order_add(t->req->db, &actor,
		&call, &id));

	if (status == HTTP_200)
		feed_wake(t->req->caller.company);
	return status;
}

static bool
is_person(struct trial *t, enum status *status)
{
	struct device_order_person *list;
	size_t count = 0;

	if (t->typed.user != NULL &&
	    device_order_people(t->req->db, t->req->arena,
	                        t->req->caller.company, t->sn, t->typed.user,
	                        &list, &count) != DB_OK)
		*status = HTTP_503;
	return count > 0 && strcmp(list[0].user_id, t->typed.user) == 0;
}

static enum status
start(struct trial *t, struct res *res)
{
	enum status status = HTTP_200;

	if (t->door.enforced_at != CLOCK_NO_TIME)
		t->fault = WORD_DOOR_IS_ON;
	else if (t->door.is_exit)
		t->fault = WORD_DOOR_IS_EXIT;
	else if (!is_person(t, &status))
		t->fault = WORD_DOOR_NOT_TRIED;
	if (status != HTTP_200)
		return status;
	return t->fault != WORD_NONE ? draw(t, res, HTTP_422)
		: order(t, "BLOCK", t->typed.user, t->lever,
		        form_nonce(t->req));
}

static enum status
pass(struct trial *t)
{
	const struct actor actor = asked_actor(t->req);
	enum device_door_fault fault;
	enum db_result rc = device_door_pass_trial(t->req->db, t->req->arena,
		&actor, t->sn, t->door.lever, t->door.lever_value, &fault);

	if (rc == DB_OK)
		feed_wake(t->req->caller.company);
	/* somebody has changed the lever: the page begins anew */
	return rc == DB_NONE && fault != DEVICE_DOOR_FINE ? HTTP_200
		: asked_found(rc);
}

/* An order follows another one once: its nonce is made of that one's id. */
static enum status
answer(struct trial *t)
{
	const char *act = t->typed.act == NULL ? "" : t->typed.act;

	if (t->last == NULL || t->typed.of != t->last->id)
		return HTTP_200;	/* answered already */
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		if (answers[i].at != t->step ||
		    strcmp(answers[i].act, act) != 0)
			continue;
		if (answers[i].note == NULL)
			return pass(t);
		return order(t, "FREE", t->block->user_id,
			t->step == FREE_FAILED ? t->last->note
			: answers[i].note, arena_printf(t->req->arena,
			"%032" PRIx64, (uint64_t)t->last->id));
	}
	return HTTP_200;
}

/*
 * POST /devices/:sn/door/trial {act, of, user, nonce} -- act "block" begins one
 * with that user; yes, no and free answer what is asked of the order `of`: 303.
 */
enum status
do_door_trial(struct req *req, struct res *res)
{
	struct trial t;
	enum status status = begin(&t, req);

	if (status != HTTP_200)
		return status;
	form_read(&t.form, &t.typed);
	if (t.typed.act != NULL && strcmp(t.typed.act, "block") == 0)
		status = start(&t, res);
	else
		status = answer(&t);
	return status != HTTP_200 ? status : http_redirect(res,
		arena_printf(req->arena, "/devices/%s/door/trial", t.sn));
}
