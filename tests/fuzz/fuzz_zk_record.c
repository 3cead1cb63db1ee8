/* fuzz_zk_record.c: a log, a table of users, or an event, by the first byte */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "zk_record.h"

/* A sound punch has a user that can be sent on as it is. */
static void
check(enum zk_flaw flaw, const struct zk_punch *p)
{
	assert(zk_flaw_words(flaw) != NULL);
	if (flaw != ZK_SOUND)
		return;
	assert(p->uid_only ? p->uid != 0 : p->user_id[0] != '\0');
	for (const char *c = p->user_id; *c != '\0'; c++)
		assert(isgraph((unsigned char)*c));
}

static void
read_log(const uint8_t *data, size_t len, uint32_t count)
{
	struct zk_punch punch;
	enum zk_layout layout = zk_layout_choose(data, len, len, count,
	                                          ZK_LAYOUT_UNKNOWN);
	size_t bytes = zk_layout_bytes(layout);

	assert((layout == ZK_LAYOUT_UNKNOWN) == (bytes == 0));
	for (size_t at = 0; bytes > 0 && at + bytes <= len; at += bytes)
		check(zk_punch_decode(layout, data + at, &punch), &punch);
}

/* What nobody changed comes back the same; a change is read again. */
static void
write_back(struct zk_user *user)
{
	uint8_t out[ZK_USER_RAW_MAX];
	struct zk_user again;
	size_t len;

	assert(zk_user_encode(user, out, &len));
	assert(len == user->raw_len && memcmp(out, user->raw, len) == 0);
	user->disabled = !user->disabled;
	user->card++;
	user->group++;
	user->own_zones++;
	user->zone_bits++;
	assert(zk_user_encode(user, out, &len));
	assert(zk_user_decode(len, out, &again));
	assert(again.disabled == user->disabled && again.card == user->card);
	assert(again.group == user->group);
	assert(len == 28 ? again.zone_bits == user->zone_bits
	       : again.own_zones == user->own_zones);
	assert(strcmp(again.name, user->name) == 0);
}

static void
read_users(const uint8_t *data, size_t len, uint32_t count)
{
	struct zk_user user;
	size_t bytes = zk_user_bytes(data, len, count);

	assert(bytes == 0 || bytes == 28 || bytes == 72);
	for (size_t at = 0; bytes > 0 && at + bytes <= len; at += bytes) {
		if (!zk_user_decode(bytes, data + at, &user))
			continue;
		assert(user.user_id[0] != '\0');
		write_back(&user);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zk_punch punch;

	if (size < 2)
		return 0;
	switch (data[0] % 3) {
	case 0:
		read_log(data + 2, size - 2, data[1]);
		break;
	case 1:
		read_users(data + 2, size - 2, data[1]);
		break;
	default:
		check(zk_event_decode(data + 1, size - 1, &punch), &punch);
		break;
	}
	return 0;
}
