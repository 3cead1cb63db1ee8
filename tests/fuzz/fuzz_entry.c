/* fuzz_entry.c: who may enter at a terminal, from whoever says so */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "base/clock.h"
#include "tests/fuzz/fuzz.h"

static void
check_user(const struct entry_list *list, const struct entry_user *user)
{
	int64_t now = list->now_local;

	assert(user->user_id[0] != '\0');
	assert(user->count <= ENTRY_WINDOWS_MAX);
	assert(user->first + user->count <= list->window_count);
	assert(entry_find(list, user->user_id) == user);
	if (entry_may_close(list, user, now, ENTRY_STALE))
		assert(entry_may_close(list, user, now, ENTRY_KNOWN));
	if (entry_is_open(list, user, now))
		assert(!entry_may_close(list, user, now, ENTRY_KNOWN));
	assert(!entry_may_close(list, user, now, ENTRY_NO_CLOCK));
	(void)entry_kind(list, user, now);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_text(data, size);
	const struct buf body = { copy, size, size + 1 };
	struct entry_list list;
	int64_t next;

	memset(&list, 0xff, sizeof list);
	if (!entry_read(&body, &list))
		assert(list.user_count == 0 && list.users == NULL);
	assert(list.user_count <= ENTRY_USERS_MAX);
	for (size_t i = 0; i < list.user_count; i++)
		check_user(&list, &list.users[i]);
	next = entry_next_change(&list, list.now_local);
	assert(next == CLOCK_NO_TIME || next > list.now_local);
	entry_finish(&list);
	free(copy);
	return 0;
}
