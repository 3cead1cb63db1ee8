/* choose.c: what several forms let people choose: branches, passwords... */
#include "pages/choose.h"

#include <inttypes.h>
#include <string.h>

#include "gym/user.h"
#include "pages/present.h"

const char *
choose_id_text(struct req *req, int64_t id)
{
	return arena_printf(req->arena, "%" PRId64, id);
}

int
choose_place(const char *const *list, const char *word)
{
	int i = 0;

	while (word != NULL && list[i] != NULL && strcmp(list[i], word) != 0)
		i++;
	return word == NULL || list[i] == NULL ? 0 : i;
}

void
choose_present_branches(struct form *f, json_object *model,
                        const struct branch_list *list)
{
	struct form_choice *choices = arena_alloc(f->req->arena,
		(list->count + 1) * sizeof *choices);

	for (size_t i = 0; i < list->count; i++)
		choices[i] = (struct form_choice){
			choose_id_text(f->req, list->rows[i].id),
			list->rows[i].name,
		};
	form_present_choices(f, model, "branch", choices, list->count);
	present_bool(model, "has_branches", list->count > 1);
}

int64_t
choose_branch(struct form *f, const struct branch_list *list, int64_t typed)
{
	if (list->count == 1)
		return list->rows[0].id;
	for (size_t i = 0; i < list->count; i++) {
		if (list->rows[i].id == typed)
			return typed;
	}
	form_refuse(f, "branch", WORD_NOT_A_CHOICE);
	return 0;
}

void
choose_present_terminals(struct form *f, json_object *model,
                         const struct device_state *list, size_t count)
{
	struct form_choice *choices = arena_alloc(f->req->arena,
		(count + 1) * sizeof *choices);

	for (size_t i = 0; i < count; i++)
		choices[i] = (struct form_choice){
			list[i].sn,
			arena_printf(f->req->arena, "%s (%s)", list[i].name,
			             list[i].sn),
		};
	form_present_choices(f, model, "terminal", choices, count);
}

bool
choose_has_terminal(const struct device_state *list, size_t count,
                    const char *sn)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].sn, sn) == 0)
			return true;
	}
	return false;
}

void
choose_password(struct form *f, const char *field, const char *typed,
                const char *email, const char *name)
{
	static const enum word problems[USER_PASSWORD__COUNT] = {
		[USER_PASSWORD_SHORT] = WORD_TOO_SHORT,
		[USER_PASSWORD_LONG] = WORD_TOO_LONG,	/* in bytes */
		[USER_PASSWORD_UNREADABLE] = WORD_UNREADABLE,
		[USER_PASSWORD_GUESSED] = WORD_GUESSED_PASSWORD,
	};
	enum user_password problem;

	if (typed == NULL)
		return;
	problem = user_password_judge(typed, email, name);
	if (problem != USER_PASSWORD_FINE)
		form_refuse(f, field, problems[problem]);
}
