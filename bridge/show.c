/* show.c: what `status`, `users` and `release` print */
#include "show.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "door.h"
#include "run.h"

#define PARKED_SHOWN 20
#define ASIDE_SHOWN 20
#define LEVEL_ADMIN 14		/* privilege, without the disabled bit */

/* ---- what is known ------------------------------------------------------ */

/* Everything that `status` tells of a terminal. */
struct known {
	const struct setup_terminal *setup;
	struct spool_place place;
	struct spool_identity identity;
	struct spool_counts counts;
	struct door_sight door;
};

static bool
find(struct known *k, const struct setup_terminal *setup, struct spool *spool)
{
	int64_t id;

	*k = (struct known){ .setup = setup };
	k->identity.users_at = k->identity.start_day = SPOOL_NONE;
	spool_place_load(spool, setup->name, &k->place);
	if (k->place.sn[0] == '\0')
		return true;	/* never reached */
	id = spool_terminal(spool, k->place.sn);
	return id != 0 && spool_count(spool, id, &k->counts) &&
	       spool_identity_load(spool, id, &k->identity) &&
	       door_look(spool, id, &k->door);
}

static const char *
when_text(int64_t at, const char *zone, char out[CLOCK_TEXT_SIZE])
{
	if (at == SPOOL_NONE)
		return "never";
	clock_format(clock_local(zone, at), out);
	return out;
}

/* ---- status for people -------------------------------------------------- */

static void
print(const char *label, const char *value)
{
	printf("  %-10s %s\n", label, value);
}

static void
print_number(const char *label, int64_t number)
{
	printf("  %-10s %" PRId64 "\n", label, number);
}

/* Numbers that may not be known. */
static void
print_records(const struct spool_place *p)
{
	if (p->log_count == SPOOL_NONE)
		return;
	printf("  %-10s %" PRId64, "records", p->log_count);
	if (p->log_capacity != SPOOL_NONE && p->log_capacity > 0)
		printf(" of %" PRId64, p->log_capacity);
	printf("\n");
}

/* Whom the terminal lets in: by whose word, as of when. */
static void
print_door(const struct door_sight *door, const char *zone)
{
	char when[CLOCK_TEXT_SIZE], text[200];

	if (!door->has_list)
		return;		/* a server that has no such thing */
	snprintf(text, sizeof text, "%s; %zu kept out%s; list of %s",
	         door->is_released ? "blocking released here"
	         : door->is_enforced ? "blocking on" : "blocking off",
	         door->blocked, door->trials > 0 ? ", and one on trial" : "",
	         when_text(door->current_at, zone, when));
	print("door", text);
}

static void
print_terminal(const struct known *k, const char *zone)
{
	const struct spool_place *p = &k->place;
	char when[CLOCK_TEXT_SIZE];

	printf("%s (%s)\n", k->setup->name,
	       p->sn[0] == '\0' ? k->setup->host : p->sn);
	print("reached", when_text(p->reached_at, zone, when));
	print_records(p);
	if (p->clock_offset != SPOOL_NONE)
		printf("  %-10s %+" PRId64 " s\n", "clock", p->clock_offset);
	print_number("waiting", k->counts.waiting);
	print_number("parked", k->counts.parked);
	print_number("set aside", k->counts.aside);
	print_door(&k->door, zone);
	if (k->identity.mac[0] != '\0')
		print("MAC", k->identity.mac);
	print("error", p->error[0] == '\0' ? "none" : p->error);
}

static void
print_parked(void *arg, const struct spool_item *item, const char *answer)
{
	bool *first = arg;
	char when[CLOCK_TEXT_SIZE];

	if (*first)
		printf("parked, until `gymgate-bridge retry`:\n");
	*first = false;
	clock_format(SPOOL_HAS_OWN_KEY(item->local) ? item->sent_local
	             : item->local, when);
	printf("  %s  user %s  %s  %s\n", item->sn, item->user_id, when,
	       answer);
}

/* Where records that were set aside are printed. */
struct aside {
	const char *zone;
	bool is_begun;
};

static void
print_aside(void *arg, const struct spool_aside *record)
{
	struct aside *to = arg;
	char when[CLOCK_TEXT_SIZE], hex[2 * SPOOL_RAW_MAX + 1];

	if (!to->is_begun)
		printf("set aside, because they cannot be used:\n");
	to->is_begun = true;
	text_to_hex(hex, record->raw, record->len);
	printf("  %s  %s  %s  %s\n", record->sn,
	       when_text(record->seen_at, to->zone, when), record->why, hex);
}

/* Can it be written to?  Tries, for what fails cannot be noted in it. */
static void
judge_spool(struct spool *spool, char error[SPOOL_TEXT_MAX + 1])
{
	error[0] = '\0';
	if (!spool_probe(spool))
		spool_error(spool, error);
}

bool
show_status(const struct setup *setup, struct spool *spool)
{
	bool is_sure, first = true;
	const char *zone = run_zone(setup, spool, &is_sure);
	char trouble[SPOOL_TEXT_MAX + 1];
	struct aside aside = { .zone = zone };
	struct known k;

	for (size_t i = 0; i < setup->terminal_count; i++) {
		if (!find(&k, setup->terminals[i], spool))
			return false;
		print_terminal(&k, zone);
	}
	if (!spool_note_load(spool, "server", trouble))
		return false;
	printf("server %s\n", setup->server.url);
	print("error", trouble[0] == '\0' ? "none" : trouble);
	judge_spool(spool, trouble);
	printf("spool %s\n", setup->bridge.spool);
	print("error", trouble[0] == '\0' ? "none" : trouble);
	return spool_parked(spool, PARKED_SHOWN, print_parked, &first) &&
	       spool_aside_list(spool, ASIDE_SHOWN, print_aside, &aside);
}

/* ---- status for programs ------------------------------------------------ */

/* An instant as RFC 3339 has it, left out when there was none. */
static void
put_instant(struct json_object *to, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_SIZE + 1];

	if (at == SPOOL_NONE)
		return;
	clock_format(at / 1000, text);
	text[10] = 'T';
	text[19] = 'Z';
	text[20] = '\0';
	json_put_text(to, name, text);
}

static struct json_object *
door_json(const struct door_sight *door)
{
	struct json_object *one = json_object_new_object();

	json_put(one, "enforced", json_object_new_boolean(door->is_enforced));
	json_put(one, "released", json_object_new_boolean(door->is_released));
	put_instant(one, "list", door->current_at);
	json_put_number(one, "kept_out", (int64_t)door->blocked);
	json_put_number(one, "trials", (int64_t)door->trials);
	return one;
}

static struct json_object *
terminal_json(const struct known *k)
{
	struct json_object *one = json_object_new_object();
	const struct spool_place *p = &k->place;

	json_put(one, "name", json_object_new_string(k->setup->name));
	json_put(one, "host", json_object_new_string(k->setup->host));
	json_put_text(one, "serial", p->sn);
	put_instant(one, "reached", p->reached_at);
	json_put_number(one, "log_count", p->log_count);
	json_put_number(one, "log_capacity", p->log_capacity);
	json_put_number(one, "clock_offset", p->clock_offset);
	json_put_number(one, "waiting", k->counts.waiting);
	json_put_number(one, "parked", k->counts.parked);
	json_put_number(one, "set_aside", k->counts.aside);
	if (k->door.has_list)
		json_put(one, "door", door_json(&k->door));
	json_put_text(one, "mac", k->identity.mac);
	json_put_words(one, "error", p->error, SPOOL_TEXT_MAX);
	return one;
}

static struct json_object *
server_json(const struct setup *setup, const char *trouble)
{
	struct json_object *server = json_object_new_object();

	json_put(server, "url", json_object_new_string(setup->server.url));
	json_put_words(server, "error", trouble, SPOOL_TEXT_MAX);
	return server;
}

static struct json_object *
spool_json(const struct setup *setup, struct spool *spool)
{
	struct json_object *object = json_object_new_object();
	char error[SPOOL_TEXT_MAX + 1];

	judge_spool(spool, error);
	json_put(object, "path", json_object_new_string(setup->bridge.spool));
	json_put_words(object, "error", error, SPOOL_TEXT_MAX);
	return object;
}

bool
show_status_json(const struct setup *setup, struct spool *spool)
{
	struct json_object *all = json_object_new_object();
	struct json_object *list = json_object_new_array();
	char trouble[SPOOL_TEXT_MAX + 1] = "";
	struct buf text = BUF_INIT;
	struct known k;
	bool ok = true;

	json_put(all, "terminals", list);
	for (size_t i = 0; ok && i < setup->terminal_count; i++) {
		ok = find(&k, setup->terminals[i], spool);
		json_object_array_add(list, terminal_json(&k));
	}
	ok = ok && spool_note_load(spool, "server", trouble);
	json_put(all, "server", server_json(setup, trouble));
	json_put(all, "spool", spool_json(setup, spool));
	json_write(&text, all);
	if (ok)
		puts(text.data);
	buf_finish(&text);
	return ok;
}

/* ---- users -------------------------------------------------------------- */

static const char *
level_text(int privilege)
{
	int level = privilege & ~1;

	return level == 0 ? "user" : level >= LEVEL_ADMIN ? "admin"
		: "manager";
}

static void
print_user(void *arg, const struct spool_user *u)
{
	(void)arg;
	printf("  %5" PRId64 "  %-24s  %-8s %-9s %s\n", u->uid, u->user_id,
	       level_text(u->privilege),
	       (u->privilege & 1) != 0 ? "disabled" : "", u->name);
}

static bool
print_users(const struct setup_terminal *t, struct spool *spool,
            const char *zone)
{
	struct known k;
	char when[CLOCK_TEXT_SIZE];
	int64_t id;

	if (!find(&k, t, spool))
		return false;
	printf("%s (%s), read %s\n", t->name, k.place.sn[0] == '\0' ? t->host
	       : k.place.sn, when_text(k.identity.users_at, zone, when));
	if (k.identity.users_at == SPOOL_NONE)
		return true;
	printf("  %5s  %-24s  %-18s %s\n", "uid", "user id", "level", "name");
	id = spool_terminal(spool, k.place.sn);
	return id != 0 && spool_users_list(spool, id, print_user, NULL);
}

bool
show_users(const struct setup *setup, struct spool *spool, const char *name)
{
	bool is_sure, found = name == NULL;
	const char *zone = run_zone(setup, spool, &is_sure);

	for (size_t i = 0; i < setup->terminal_count; i++) {
		const struct setup_terminal *t = setup->terminals[i];

		if (name != NULL && strcmp(t->name, name) != 0)
			continue;
		found = true;
		if (!print_users(t, spool, zone))
			return false;
	}
	if (!found)
		log_error("there is no terminal '%s' in the configuration",
		          name);
	return found;
}

/* ---- release ------------------------------------------------------------ */

#define RELEASE_MS 30000
#define LOOK_MS 100

static bool
release(struct spool *spool, const char *name, const char *sn)
{
	const struct timespec look = { 0, LOOK_MS * 1000000 };
	int64_t deadline = clock_mono_ms() + RELEASE_MS;
	int64_t id = spool_terminal(spool, sn);
	struct door_sight door;

	if (id == 0 || !spool_door_release(spool, id))
		return false;
	while (door_look(spool, id, &door) && door.blocked > 0 &&
	       clock_left_ms(deadline) > 0)
		nanosleep(&look, NULL);
	if (door.blocked > 0)
		printf("%s: %zu are kept out still: they are freed as soon as "
		       "the bridge runs and reaches the terminal\n", name,
		       door.blocked);
	else
		printf("%s: nobody is kept out by the bridge, until blocking "
		       "is switched on anew\n", name);
	return door.blocked == 0;
}

bool
show_release(const struct setup *setup, struct spool *spool, const char *name)
{
	bool ok = true, found = false;

	for (size_t i = 0; i < setup->terminal_count; i++) {
		const char *this = setup->terminals[i]->name;
		struct spool_place place;

		if (name != NULL && strcmp(name, this) != 0)
			continue;
		found = true;
		if (spool_place_load(spool, this, &place) &&
		    place.sn[0] != '\0')
			ok = release(spool, this, place.sn) && ok;
	}
	if (!found)
		log_error("no terminal '%s' in the configuration",
		          name == NULL ? "" : name);
	return ok && found;
}
