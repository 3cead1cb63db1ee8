/* member_photo.c: the photo of a member: seen, sent, taken away */
#include "gym/member_photo.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/member.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct sent {
	bool agrees;
	const char *photo;	/* never set: it comes as a file */
};

static const struct form_field fields[] = {
	{ .name = "agrees", .type = FORM_BOOL,
	  .offset = offsetof(struct sent, agrees) },
	{ .name = "photo", .type = FORM_LINE,
	  .offset = offsetof(struct sent, photo) },
};

static const enum word refusals[PHOTO__COUNT] = {
	[PHOTO_NO_IMAGE] = WORD_NO_IMAGE,
	[PHOTO_TOO_LARGE] = WORD_IMAGE_TOO_LARGE,
	[PHOTO_TOO_MANY_PIXELS] = WORD_TOO_MANY_PIXELS,
	[PHOTO_BROKEN] = WORD_IMAGE_BROKEN,
};

/* Whom a page is about, and what is kept of them. */
struct subject {
	struct member member;
	struct member_photo_state state;
};

static enum status
status_of(enum db_result rc)
{
	return rc == DB_OK ? HTTP_200 : rc == DB_NONE ? HTTP_404 : HTTP_503;
}

static bool
read_id(const struct req *req, int64_t *id)
{
	return text_to_int(http_find(&req->segments, "id"), 1, INT64_MAX, id);
}

/* Somebody erased has no photo, and takes none. */
static enum status
find_subject(struct req *req, struct subject *s)
{
	const char *company = req->caller.company;
	enum db_result rc;
	int64_t id;

	if (!read_id(req, &id))
		return HTTP_404;
	rc = member_find(req->db, req->arena, company, req->caller.branch_id,
	                 id, &s->member);
	if (rc == DB_OK)
		rc = member_photo_state(req->db, company, id, &s->state);
	return status_of(rc);
}

static struct actor
actor_of(const struct req *req)
{
	return (struct actor){ req->caller.company, req->caller.user_id,
		               req->address, req->now_at };
}

static enum status
draw(struct req *req, struct res *res, const struct subject *s,
     struct form *form)
{
	const char *url = arena_printf(req->arena, "/members/%" PRId64,
	                               s->member.id);
	const char *photo_url = arena_printf(req->arena, "%s/photo", url);

	form_present(form, res->model);
	present_str(res->model, "name_text", s->member.name);
	present_str(res->model, "member_url", url);
	present_str(res->model, "photo_url", photo_url);
	present_str(res->model, "remove_url",
	            arena_printf(req->arena, "%s/remove", photo_url));
	present_str(res->model, "large_url",
	            arena_printf(req->arena, "%s/large.jpg", photo_url));
	present_bool(res->model, "has_photo", s->state.has_photo);
	present_bool(res->model, "has_consent", s->state.has_consent);
	return view_page(res, "member_photo");
}

/* GET /members/:id/photo -- the photo, and forms to send and to remove it. */
enum status
page_member_photo(struct req *req, struct res *res)
{
	struct subject s;
	struct form form;
	enum status status = find_subject(req, &s);

	form_begin(&form, req, fields, FORM_COUNT(fields));
	return status == HTTP_200 ? draw(req, res, &s, &form) : status;
}

/* Checks what was sent; the photo is made only when all else is well. */
static bool
read_photo(struct req *req, const struct subject *s, struct form *form,
           struct sent *sent, struct photo *photo)
{
	enum photo_result rc = PHOTO_OK;

	form_read(form, sent);
	if (!s->state.has_consent && !sent->agrees)
		form_refuse(form, "agrees", WORD_CONSENT_NEEDED);
	if (req->file.name == NULL)
		form_refuse(form, "photo", WORD_REQUIRED);
	if (!form->is_refused)
		rc = photo_make(req->arena, req->file.data, req->file.len,
		                photo);
	if (rc != PHOTO_OK)
		form_refuse(form, "photo", refusals[rc]);
	return !form->is_refused;
}

/*
 * POST /members/:id/photo {photo or camera, agrees} -- keeps it: 303 to the
 * member.
 */
enum status
do_member_photo(struct req *req, struct res *res)
{
	struct subject s;
	struct sent sent = { 0 };
	struct photo photo;
	struct form form;
	struct actor actor = actor_of(req);
	enum status status = find_subject(req, &s);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (!read_photo(req, &s, &form, &sent, &photo)) {
		status = draw(req, res, &s, &form);
		return status == HTTP_200 ? HTTP_422 : status;
	}
	status = status_of(member_photo_set(req->db, &actor, s.member.id,
	                                    &photo, sent.agrees));
	return status != HTTP_200 ? status : http_redirect(res,
		arena_printf(req->arena, "/members/%" PRId64, s.member.id));
}

/* POST /members/:id/photo/remove -- 303 to the member, also if none was. */
enum status
do_member_photo_remove(struct req *req, struct res *res)
{
	struct subject s;
	struct actor actor = actor_of(req);
	enum status status = find_subject(req, &s);

	if (status != HTTP_200)
		return status;
	status = status_of(member_photo_remove(req->db, &actor, s.member.id));
	return status == HTTP_503 ? status : http_redirect(res,
		arena_printf(req->arena, "/members/%" PRId64, s.member.id));
}

static enum status
send_image(struct req *req, struct res *res, bool is_large)
{
	struct photo_file file;
	enum status status;
	int64_t id;

	if (!read_id(req, &id))
		return HTTP_404;
	status = status_of(member_photo_load(req->db, req->arena,
	                                     req->caller.company,
	                                     req->caller.branch_id, id,
	                                     is_large, &file));
	if (status != HTTP_200)
		return status;
	res->content_type = "image/jpeg";
	http_header(res, "Cross-Origin-Resource-Policy", "same-origin");
	buf_append(&res->body, file.data, file.len);
	return HTTP_200;
}

/* GET /members/:id/photo/large.jpg -- at most 640 px. */
enum status
image_member_large(struct req *req, struct res *res)
{
	return send_image(req, res, true);
}

/* GET /members/:id/photo/small.jpg -- 96 px, square. */
enum status
image_member_small(struct req *req, struct res *res)
{
	return send_image(req, res, false);
}
