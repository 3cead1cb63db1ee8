/* view.c: draws pages and their parts from the templates of html/ */
#include "http/view.h"

#include <json-c/json.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/tmpl.h"
#include "http/view_set.h"

static struct {
	char dir[400];
	bool reread;
	uint64_t stamp;		/* of the files when they were last read */
	struct view_set *set;
	unsigned missing;
} view;

/* Reads all again; on false, logged, what was there before stays. */
static bool
load(void)
{
	char error[VIEW_ERROR_SIZE] = "";
	struct view_set *set = view_set_load(view.dir, error);

	if (set == NULL) {
		log_error("%s", error);
		return false;
	}
	view_set_destroy(view.set);
	view.set = set;
	return true;
}

bool
view_open(const char *html_dir, bool reread)
{
	if (!text_copy(view.dir, sizeof view.dir, html_dir)) {
		log_error("%s: too long a path", html_dir);
		return false;
	}
	view.reread = reread;
	view.missing = 0;
	if (!load())
		return false;
	view.stamp = reread ? view_set_stamp(view.set) : 0;
	return true;
}

void
view_close(void)
{
	view_set_destroy(view.set);
	view.set = NULL;
}

static void
reread_changed(void)
{
	uint64_t stamp;

	if (!view.reread || view.set == NULL)
		return;
	stamp = view_set_stamp(view.set);
	if (stamp == view.stamp)
		return;
	view.stamp = stamp;	/* a broken file is complained about once */
	if (load())
		view.stamp = view_set_stamp(view.set);
}

unsigned
view_missing(void)
{
	return view.missing;
}

static bool
draw(struct buf *out, const struct tmpl *t, const char *name,
     struct json_object *model)
{
	struct tmpl_missing missing = { 0 };

	if (t == NULL) {
		log_error("html: there is no '%s'", name);
		return false;
	}
	if (!tmpl_render(t, model, out, &missing)) {
		log_error("html: '%s' is too deep or too long", name);
		return false;
	}
	view.missing += missing.count;
	if (missing.count > 0)
		log_warn("%s is missing from the model", missing.first);
	return true;
}

static void
put_model(void *model)
{
	json_object_put(model);
}

static void
need_model(struct res *res)
{
	if (res->model != NULL)
		return;
	res->model = json_object_new_object();
	arena_cleanup(res->arena, put_model, res->model);
}

static enum status
answer(struct res *res, const struct tmpl *t, const char *name)
{
	buf_reset(&res->body);
	res->content_type = "text/html; charset=utf-8";
	if (draw(&res->body, t, name, res->model))
		return HTTP_200;
	buf_reset(&res->body);
	return HTTP_500;
}

enum status
view_page(struct res *res, const char *page)
{
	reread_changed();
	need_model(res);
	json_object_object_add(res->model, "version",
	                       json_object_new_string(GYMGATE_VERSION));
	if (!json_object_object_get_ex(res->model, "is_bare", NULL))
		json_object_object_add(res->model, "is_bare",
		                       json_object_new_boolean(false));
	if (!json_object_object_get_ex(res->model, "refresh_s", NULL))
		json_object_object_add(res->model, "refresh_s", NULL);
	if (!json_object_object_get_ex(res->model, "open_url", NULL))
		json_object_object_add(res->model, "open_url", NULL);
	return answer(res, view_set_page(view.set, page), page);
}

enum status
view_fragment(struct res *res, const char *part)
{
	reread_changed();
	return answer(res, view_set_part(view.set, part), part);
}

bool
view_partial(struct buf *out, const char *part, struct json_object *model)
{
	reread_changed();
	return draw(out, view_set_part(view.set, part), part, model);
}

/* The flag that pages/error.html has words for; the last is for the rest. */
static const struct {
	enum status status;
	const char *flag;
} error_flags[] = {
	{ HTTP_401, "is_signed_out" },
	{ HTTP_403, "is_forbidden" },
	{ HTTP_404, "is_not_found" },
	{ HTTP_413, "is_too_large" },
	{ HTTP_429, "is_too_often" },
	{ HTTP_500, "is_our_fault" },
	{ HTTP_503, "is_busy" },
	{ HTTP_400, "is_bad" },
};

enum status
view_error(struct res *res, enum status status)
{
	size_t count = sizeof error_flags / sizeof *error_flags, i = 0;

	while (i + 1 < count && error_flags[i].status != status)
		i++;
	need_model(res);
	for (size_t k = 0; k < count; k++)
		json_object_object_add(res->model, error_flags[k].flag,
		                       json_object_new_boolean(k == i));
	json_object_object_add(res->model, "status",
	                       json_object_new_int((int)status));
	if (!json_object_object_get_ex(res->model, "is_signed_in", NULL))
		json_object_object_add(res->model, "is_signed_in",
		                       json_object_new_boolean(false));
	if (view_page(res, "error") != HTTP_200) {
		res->content_type = "text/plain; charset=utf-8";
		buf_appendf(&res->body, "Error %d\n", (int)status);
	}
	return status;
}
