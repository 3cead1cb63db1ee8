/* fuzz_order.c: what a server wants done at a door at once */
#include <assert.h>

#include "base/clock.h"
#include "base/log.h"
#include "door_inside.h"
#include "tests/fuzz/fuzz.h"

static void
count(void *arg)
{
	++*(int *)arg;
}

static void
check_order(const struct door_order *order)
{
	int left_ms = clock_left_ms(order->deadline);

	assert(order->id > 0 && left_ms >= 0 && left_ms <= 60000);
	assert(order->kind == DOOR_UNLOCK || order->kind == DOOR_BLOCK ||
	       order->kind == DOOR_FREE);
	assert(order->seconds >= 1 && order->seconds <= 255);
	assert((order->kind == DOOR_UNLOCK) == (order->user_id[0] == '\0'));
	for (const char *c = order->user_id; *c != '\0'; c++)
		assert(*c > ' ' && *c <= '~');
}

static void
take(const char *data, bool is_connected)
{
	int calls = 0;
	const struct door_world world = { .on_work = count, .on_news = count,
		                          .arg = &calls };
	struct door *d = door_create("fuzz", &world);
	struct door_order order;
	struct door_result result;

	d->is_connected = is_connected;
	if (door_take_order(d, data)) {
		assert(calls == 1);
		assert(door_inside_take_order(d, &order) == is_connected);
		if (is_connected)
			check_order(&order);
		assert(door_take_result(d, &result) != is_connected);
		if (!is_connected)
			assert(result.id > 0 && !result.is_done &&
			       result.words[0] != '\0');
		/* the same again is none */
		assert(!door_take_order(d, data));
	}
	assert(!door_inside_take_order(d, &order));
	assert(!door_take_result(d, &result));
	door_destroy(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	log_open("fuzz", LOG_ERROR);	/* each that makes no sense is told */
	take(text, true);
	take(text, false);
	free(text);
	return 0;
}
