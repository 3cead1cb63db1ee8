/* fuzz_names.c: names of users, in a terminal's code page, to the server */
#include <assert.h>

#include "api/fields.h"
#include "base/text.h"
#include "doctor_inside.h"
#include "report.h"
#include "tests/fuzz/fuzz.h"
#include "users.h"

static const char *const charsets[] = {
	"UTF-8", "CP1252", "GB18030", "CP1256", "SHIFT_JIS", "UTF-16LE",
	"UTF-7", "KOI8-R",
};

/* What the bridge tells is what the API understands. */
static void
tell(const struct spool_user *user)
{
	struct arena *a = arena_create();
	struct buf body = BUF_INIT;
	json_object *json, *list, *one, *name;

	report_users_begin(&body);
	report_users_add(&body, user);
	report_users_add(&body, user);
	report_users_end(&body);
	json = fields_parse_json(a, body.data, body.len);
	assert(json_object_object_get_ex(json, "users", &list));
	assert(json_object_array_length(list) == 2);
	one = json_object_array_get_idx(list, 1);
	if (json_object_object_get_ex(one, "name", &name))
		assert(strcmp(json_object_get_string(name), user->name) == 0);
	else
		assert(user->name[0] == '\0');
	buf_finish(&body);
	arena_destroy(a);
}

/* What may be part of a name is not shown by the doctor. */
static void
mask(const uint8_t *data, size_t size)
{
	char *out = malloc(2 * size + 1);

	if (out == NULL)
		abort();
	doctor_mask(data, size, out);
	assert(strlen(out) == 2 * size);
	for (size_t i = 0; i < size; i++)
		assert(memcmp(out + 2 * i, "..", 2) == 0 ||
		       !((data[i] | 0x20) >= 'a' && (data[i] | 0x20) <= 'z'));
	free(out);
}

static void
split(const char *what)
{
	char host[DOCTOR_HOST_MAX + 1];
	int port;

	if (!doctor_split(what, host, &port))
		return;
	assert(host[0] != '\0' && strpbrk(host, " /") == NULL);
	assert(port >= 0 && port <= 65535);
}

/* The code page by the first byte, and how much room there is by the next. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spool_user user = { .uid = 7, .user_id = "42" };
	const char *charset;
	char *name;

	if (size < 2)
		return 0;
	charset = charsets[data[0] % 8];
	name = fuzz_text(data + 2, size - 2);
	users_name(charset, name, user.name, 1 + data[1] % sizeof user.name);
	assert(strlen(user.name) <= data[1] % sizeof user.name);
	assert(text_is_utf8(user.name, strlen(user.name)));
	for (const char *c = user.name; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	tell(&user);
	mask(data, size);
	split(name);
	free(name);
	return 0;
}
