/* fuzz_lever.c: shuts out any user a terminal may tell of, and lets it in */
#include <assert.h>

#include "base/text.h"
#include "lever.h"
#include "tests/fuzz/fuzz.h"

/* Nothing is known of what it was: open all the same, but for one group. */
static void
open_unknown(const struct lever *lever, struct zk_user user)
{
	bool opened = lever_open(lever, &user, "");

	assert(opened == (lever->kind != LEVER_GROUP || lever->value != 1));
	assert(lever_is_closed(lever, &user) == !opened);
}

/* Closed, seen to be, and opened: the record is byte for byte what it was. */
static void
close_and_open(const struct lever *lever, const struct zk_user *user)
{
	struct zk_user closed = *user, written;
	char was[LEVER_WAS_SIZE];
	uint8_t raw[ZK_USER_RAW_MAX];
	size_t len;

	lever_close(lever, &closed, was);
	assert(strlen(was) < sizeof was);
	assert((was[0] == '\0') == (lever->kind == LEVER_DISABLE ||
	                            !lever_fits(lever, user)));
	if (!lever_fits(lever, user))
		return;
	assert(text_is_word(was, sizeof was, ",") || was[0] == '\0');
	assert(lever_is_closed(lever, &closed));
	/* as the terminal will tell of it */
	assert(zk_user_encode(&closed, raw, &len));
	assert(zk_user_decode(len, raw, &written));
	assert(lever_is_closed(lever, &written));
	assert(strcmp(written.user_id, user->user_id) == 0);
	open_unknown(lever, written);
	assert(lever_open(lever, &written, was));
	assert(!lever_is_closed(lever, &written));
	assert(zk_user_encode(&written, raw, &len));
	assert(len == user->raw_len && memcmp(raw, user->raw, len) == 0);
}

/* A note from a damaged spool makes sense, or changes nothing. */
static void
open_by_note(const struct lever *lever, const struct zk_user *user,
             const char *note)
{
	struct zk_user opened = *user;
	uint8_t raw[ZK_USER_RAW_MAX];
	size_t len;

	if (!lever_open(lever, &opened, note)) {
		assert(zk_user_encode(&opened, raw, &len));
		assert(memcmp(raw, user->raw, len) == 0);
	}
}

/* Kind and value of the lever, the width, the record, then a note. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t width = size > 2 && (data[2] & 1) != 0 ? 72 : 28;
	struct zk_user user;
	struct lever lever;
	char *note;

	if (size < 3 + width)
		return 0;
	lever.kind = (enum lever_kind)(data[0] % 3);
	lever.value = data[1];
	if (!zk_user_decode(width, data + 3, &user))
		return 0;
	note = fuzz_text(data + 3 + width, size - 3 - width);
	if (!lever_is_closed(&lever, &user))
		close_and_open(&lever, &user);
	open_by_note(&lever, &user, note);
	free(note);
	return 0;
}
