/* users.c: the users of a terminal, from the terminal into the spool */
#include "users.h"

#include <errno.h>
#include <iconv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest_inside.h"

#define USERS_MAX 60000

struct list {
	const char *charset;
	struct spool_user *users;
	size_t count, cap;
};

/* "" would be that of whoever started us. */
bool
users_charset_valid(const char *charset)
{
	iconv_t converter = charset[0] == '\0' ? (iconv_t)-1
		: iconv_open("UTF-8", charset);

	if (converter == (iconv_t)-1)
		return false;
	iconv_close(converter);
	return true;
}

/* Cuts a character that was begun, and what no name should hold. */
static void
tidy(char *name)
{
	size_t len = strlen(name);

	while (len > 0 && !text_is_utf8(name, len))
		name[--len] = '\0';
	for (char *c = name; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
}

void
users_name(const char *charset, const char *name, char *out, size_t size)
{
	iconv_t converter = iconv_open("UTF-8", charset);
	char *from = (char *)(uintptr_t)name, *to = out;
	size_t left = strlen(name), room = size - 1;

	while (converter != (iconv_t)-1 && left > 0 && room > 0) {
		if (iconv(converter, &from, &left, &to, &room) != (size_t)-1 ||
		    errno == E2BIG || room == 0)
			break;
		*to++ = '?';	/* a byte that is not of this code page */
		room--;
		from++;
		left--;
	}
	*to = '\0';
	if (converter != (iconv_t)-1)
		iconv_close(converter);
	tidy(out);
}

/* A zk_user_fn. */
static void
take_user(void *arg, const struct zk_user *from)
{
	struct list *list = arg;
	struct spool_user *user;

	if (list->count == USERS_MAX)
		return;
	if (list->count == list->cap) {
		list->cap = list->cap == 0 ? 64 : list->cap * 2;
		list->users = reallocarray(list->users, list->cap,
		                           sizeof *list->users);
		if (list->users == NULL)
			log_die("out of memory");
	}
	user = &list->users[list->count++];
	user->uid = from->uid;
	user->privilege = from->privilege;
	text_copy(user->user_id, sizeof user->user_id, from->user_id);
	users_name(list->charset, from->name, user->name, sizeof user->name);
}

enum harvest_result
users_read(struct harvest *h)
{
	struct list list = { .charset = h->charset };
	int64_t now_at = clock_now_ms();
	enum zk_result rc = zk_read_users(h->zk, h->sizes.users, take_user,
	                                  &list);
	bool saved = true;

	if (rc == ZK_REFUSED)
		log_info("%s: its users cannot be read: %s", h->name,
		         zk_error(h->zk));
	if (rc == ZK_OK)
		saved = spool_users_save(h->spool, h->terminal, now_at,
		                         list.users, list.count);
	free(list.users);
	if (rc != ZK_OK && rc != ZK_REFUSED)
		return harvest_line_result(rc);
	if (!saved)
		return HARVEST_SPOOL;
	h->users_at = now_at;
	h->users_counted = h->sizes.users;
	h->user_lists += rc == ZK_OK;
	return HARVEST_OK;
}
