/* fuzz_conf.c: a configuration file into a struct */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"
#include "tests/fuzz/fuzz.h"

#define DOORS_MAX 4

struct values {
	char *name;
	int64_t port;
	bool is_live;
	int level;
};

struct all {
	struct values plain, doors[DOORS_MAX];
	size_t door_count;
};

#define AT(field) offsetof(struct values, field)

static const char *const levels[] = { "low", "high", NULL };
static const struct conf_key keys[] = {
	{ "door", "host", CONF_STR, AT(name), NULL, 0, 20, NULL },
	{ "door", "live", CONF_BOOL, AT(is_live), "yes", 0, 0, NULL },
	{ "server", "level", CONF_WORD, AT(level), "high", 0, 0, levels },
	{ "server", "name", CONF_STR, AT(name), "a", 0, 20, NULL },
	{ "server", "port", CONF_INT, AT(port), "80", 1, 65535, NULL },
};

#define COUNT (sizeof keys / sizeof *keys)

static void *
target(void *arg, const char *section, const char *label)
{
	struct all *all = arg;

	if (strcmp(section, "door") == 0)
		return all->door_count == DOORS_MAX ? NULL :
			&all->doors[all->door_count++];
	return *label == '\0' ? &all->plain : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct all all = { 0 };
	char path[32], error[300] = "";
	int fd = memfd_create("conf", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (conf_load(path, keys, COUNT, target, &all, error, sizeof error)) {
		assert(all.plain.port >= 1 && all.plain.port <= 65535);
		assert(all.plain.level == 0 || all.plain.level == 1);
		assert(strlen(all.plain.name) <= 20);
	} else {
		assert(error[0] != '\0' && strchr(error, '\n') == NULL);
	}
	conf_finish(keys, COUNT, "server", &all.plain);
	for (size_t i = 0; i < all.door_count; i++)
		conf_finish(keys, COUNT, "door", &all.doors[i]);
	close(fd);
	return 0;
}
