/* roster.c: which user id stands behind a terminal's internal number */
#include "roster.h"

#include "base/log.h"
#include "base/text.h"

struct roster_entry {
	uint16_t uid;
	char user_id[ZK_USER_ID_MAX + 1];
};

void
roster_finish(struct roster *r)
{
	free(r->entries);
	*r = (struct roster){ 0 };
}

void
roster_reset(struct roster *r)
{
	r->count = 0;
}

void
roster_add(struct roster *r, const struct zk_user *user)
{
	struct roster_entry *entry;

	if (r->count == r->cap) {
		r->cap = r->cap == 0 ? 64 : r->cap * 2;
		r->entries = reallocarray(r->entries, r->cap,
		                          sizeof *r->entries);
		if (r->entries == NULL)
			log_die("out of memory");
	}
	entry = &r->entries[r->count++];
	entry->uid = user->uid;
	text_copy(entry->user_id, sizeof entry->user_id, user->user_id);
}

static int
compare(const void *a, const void *b)
{
	const struct roster_entry *one = a, *other = b;

	return (one->uid > other->uid) - (one->uid < other->uid);
}

void
roster_sort(struct roster *r)
{
	if (r->count > 0)
		qsort(r->entries, r->count, sizeof *r->entries, compare);
}

const char *
roster_find(const struct roster *r, uint16_t uid)
{
	const struct roster_entry wanted = { .uid = uid };
	const struct roster_entry *found = r->count == 0 ? NULL :
		bsearch(&wanted, r->entries, r->count, sizeof *r->entries,
		        compare);

	return found == NULL ? NULL : found->user_id;
}
