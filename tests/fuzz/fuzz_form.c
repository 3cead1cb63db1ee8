/* fuzz_form.c: the body of a form, or an address, through a table of fields */
#include <assert.h>
#include <json-c/json.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"
#include "http/form.h"
#include "tests/fuzz/fuzz.h"

struct values {
	const char *line, *lines, *word, *secret, *choice;
	int64_t number, local, money, minute;
	int32_t day;
	bool flag;
};

static const char *const colours[] = { "red", "green", NULL };

#define AT(name) .offset = offsetof(struct values, name)

static const struct form_field fields[] = {
	{ .name = "c", .type = FORM_CHOICE, AT(choice), .choices = colours },
	{ .name = "d", .type = FORM_DAY, AT(day) },
	{ .name = "f", .type = FORM_BOOL, AT(flag) },
	{ .name = "h", .type = FORM_TIME, AT(minute) },
	{ .name = "l", .type = FORM_LINE, AT(line), .most = 20 },
	{ .name = "m", .type = FORM_MONEY, AT(money) },
	{ .name = "n", .type = FORM_INT, AT(number), .least = -5, .most = 99 },
	{ .name = "s", .type = FORM_LINES, AT(lines), .most = 40 },
	{ .name = "t", .type = FORM_LOCAL, AT(local) },
	{ .name = "w", .type = FORM_WORD, AT(word), .most = 9, .also = "-_" },
	{ .name = "x", .type = FORM_SECRET, AT(secret), .most = 20 },
};

static void
check_text(const char *text, size_t most)
{
	assert(text == NULL || (text_is_utf8(text, strlen(text)) &&
	       *text != '\0' && strlen(text) <= 4 * most &&
	       strpbrk(text, "\x01\x1b\x7f") == NULL));
}

static void
check(const struct values *v)
{
	char text[CLOCK_TEXT_SIZE];
	bool has_offset;
	int offset_s;
	int64_t local;

	check_text(v->line, 20);
	check_text(v->lines, 40);
	check_text(v->secret, 20);
	assert(v->line == NULL || strpbrk(v->line, "\r\n\t") == NULL);
	assert(v->word == NULL || text_is_word(v->word, 9, "-_"));
	assert(v->choice == NULL || v->choice == colours[0] ||
	       v->choice == colours[1]);
	assert(v->number >= -5 && v->number <= 99);
	assert(v->minute >= 0 && v->minute < 24 * 60);
	assert(v->money >= -1 && v->money <= MONEY_MOST);
	if (v->local == CLOCK_NO_TIME)
		return;
	clock_format(v->local, text);
	assert(clock_parse(text, &local, &has_offset, &offset_s) &&
	       local == v->local);
}

/* What is drawn again must be text, whatever it was. */
static void
check_drawn(struct form *form)
{
	json_object *model = json_object_new_object();

	form_present(form, model);
	json_object_object_foreach(model, name, value) {
		const char *text = json_object_get_string(value);

		assert(*name != 'x' || name[1] != '\0');
		assert(text == NULL || text_is_utf8(text, strlen(text)));
	}
	json_object_put(model);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct req req = { .arena = arena_create() };
	struct values v = { .day = CLOCK_NO_DAY, .local = CLOCK_NO_TIME,
		            .money = -1 };
	struct values asked = v;
	struct form form;
	char *body = fuzz_text(data, size);

	if (http_parse_pairs(req.arena, body, size, &req.form)) {
		req.query = req.form;
		form_begin(&form, &req, fields, FORM_COUNT(fields));
		if (form_read(&form, &v))
			check(&v);
		check_drawn(&form);
		form_begin(&form, &req, fields, FORM_COUNT(fields));
		form_read_query(&form, &asked);
		check(&asked);
		check_drawn(&form);
	}
	free(body);
	arena_destroy(req.arena);
	return 0;
}
