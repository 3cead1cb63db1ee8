/* identity.c: is it still the terminal that had this serial number? */
#include "identity.h"

#include <strings.h>

#include "base/log.h"
#include "base/text.h"

void
identity_init(struct identity *i, struct spool *spool, const char *name)
{
	*i = (struct identity){ .spool = spool, .name = name };
	pthread_mutex_init(&i->lock, NULL);
}

void
identity_finish(struct identity *i)
{
	pthread_mutex_destroy(&i->lock);
}

/* With the lock held: compares what is told with what is known. */
static void
judge(struct identity *i)
{
	bool was = i->is_stranger;

	i->is_stranger = i->known[0] != '\0' &&
		strcasecmp(i->told, i->known) != 0;
	i->has_news = i->has_news || (was && !i->is_stranger);
	if (i->is_stranger && !was)
		log_warn("%s: %s has the MAC address %s now, it was %s: "
		         "nothing is written to it until the owner has said "
		         "on the dashboard that it is right", i->name, i->sn,
		         i->told[0] == '\0' ? "(none)" : i->told, i->known);
	if (was && !i->is_stranger)
		log_info("%s: the MAC address %s is right", i->name, i->told);
}

/* A note in the spool says for which MAC the server has spoken. */
static void
note_name(const char *sn, char out[SPOOL_SN_MAX + 8])
{
	snprintf(out, SPOOL_SN_MAX + 8, "mac %s", sn);
}

static bool
was_confirmed(struct identity *i, const char *sn, const char *mac)
{
	char name[SPOOL_SN_MAX + 8], noted[SPOOL_TEXT_MAX + 1];

	note_name(sn, name);
	return mac[0] != '\0' && spool_note_load(i->spool, name, noted) &&
	       strcasecmp(noted, mac) == 0;
}

static void
keep(struct identity *i, const char *sn, const char *mac)
{
	struct spool_identity kept = { .start_day = SPOOL_NONE };
	int64_t id = spool_terminal(i->spool, sn);

	text_copy(kept.mac, sizeof kept.mac, mac);
	if (id != 0)
		spool_identity_save(i->spool, id, &kept);
}

void
identity_meet(struct identity *i, const char *sn, const char *mac)
{
	struct spool_identity kept = { .mac = "" };
	int64_t id = spool_terminal(i->spool, sn);
	bool is_loaded = id != 0 && spool_identity_load(i->spool, id, &kept);
	bool is_new = is_loaded && kept.mac[0] == '\0' && mac[0] != '\0';
	bool is_sure = is_loaded && was_confirmed(i, sn, kept.mac);

	pthread_mutex_lock(&i->lock);
	text_copy(i->sn, sizeof i->sn, sn);
	text_copy(i->told, sizeof i->told, mac);
	text_copy(i->known, sizeof i->known, is_new ? mac : kept.mac);
	i->is_sure = is_sure;
	judge(i);
	pthread_mutex_unlock(&i->lock);
	if (is_new)
		keep(i, sn, mac);
}

void
identity_accept(struct identity *i, const char *sn, const char *mac)
{
	char name[SPOOL_SN_MAX + 8];
	bool is_ours, is_other = false, was_sure = true;

	pthread_mutex_lock(&i->lock);
	is_ours = strcmp(i->sn, sn) == 0 && (mac[0] != '\0' ||
		(i->told[0] == '\0' && i->known[0] == '\0'));
	if (is_ours) {
		is_other = strcasecmp(i->known, mac) != 0;
		was_sure = i->is_sure;
		text_copy(i->known, sizeof i->known, mac);
		i->has_news = i->has_news || !was_sure;
		i->is_sure = true;
		judge(i);
	}
	pthread_mutex_unlock(&i->lock);
	if (is_other)
		keep(i, sn, mac);
	if (is_other || !was_sure) {
		note_name(sn, name);
		spool_note_save(i->spool, name, mac);
	}
}

bool
identity_is_stranger(struct identity *i)
{
	bool is_stranger;

	pthread_mutex_lock(&i->lock);
	is_stranger = i->is_stranger;
	pthread_mutex_unlock(&i->lock);
	return is_stranger;
}

bool
identity_may_write(struct identity *i)
{
	bool may;

	pthread_mutex_lock(&i->lock);
	may = i->is_sure && !i->is_stranger;
	pthread_mutex_unlock(&i->lock);
	return may;
}

bool
identity_take_news(struct identity *i)
{
	bool has_news;

	pthread_mutex_lock(&i->lock);
	has_news = i->has_news;
	i->has_news = false;
	pthread_mutex_unlock(&i->lock);
	return has_news;
}
