/* test_enforce.c: a terminal's users are made to agree with the list */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "enforce.h"

#define MOST 200

/* A terminal and its journal in memory. */
struct door {
	struct zk_user users[MOST];
	size_t count;
	struct enforce_mark marks[MOST];
	size_t mark_count;
	size_t writes, written;
	bool ignores;		/* the firmware keeps nothing */
	bool refuses;		/* every write, and says so */
	bool dies;		/* after the first writing */
};

static enum zk_result
door_read(void *arg, struct zk_user **users, size_t *count)
{
	struct door *door = arg;

	if (door->dies && door->writes > 0)
		return ZK_CLOSED;
	*users = malloc(sizeof door->users);
	memcpy(*users, door->users, sizeof door->users);
	*count = door->count;
	return ZK_OK;
}

static enum zk_result
door_write(void *arg, const struct zk_user *users, size_t count)
{
	struct door *door = arg;

	assert_true(count > 0 && count <= ENFORCE_AT_ONCE);
	door->writes++;
	door->written += count;
	for (size_t i = 0; i < count && !door->ignores && !door->refuses; i++)
		door->users[users[i].uid] = users[i];
	return door->refuses ? ZK_REFUSED : ZK_OK;
}

static struct enforce_mark *
mark_of(struct door *door, const char *user_id)
{
	for (size_t i = 0; i < door->mark_count; i++) {
		if (strcmp(door->marks[i].user_id, user_id) == 0)
			return &door->marks[i];
	}
	return NULL;
}

static bool
door_find(void *arg, const char *user_id, struct enforce_mark *out)
{
	const struct enforce_mark *mark = mark_of(arg, user_id);

	if (mark != NULL)
		*out = *mark;
	return mark != NULL;
}

static bool
door_mark(void *arg, const struct enforce_mark *mark)
{
	struct door *door = arg;
	struct enforce_mark *old = mark_of(door, mark->user_id);

	*(old != NULL ? old : &door->marks[door->mark_count++]) = *mark;
	return true;
}

static bool
door_unmark(void *arg, const char *user_id)
{
	struct door *door = arg;
	struct enforce_mark *mark = mark_of(door, user_id);

	assert_non_null(mark);
	*mark = door->marks[--door->mark_count];
	return true;
}

/* Users 0 to count - 1; each is in the list, without a window. */
static void
fill(struct door *door, struct entry_list *list, size_t count)
{
	memset(door, 0, sizeof *door);
	memset(list, 0, sizeof *list);
	list->until_local = 1000;
	list->users = calloc(count, sizeof *list->users);
	list->windows = calloc(count, sizeof *list->windows);
	list->user_count = door->count = count;
	for (size_t i = 0; i < count; i++) {
		struct zk_user *user = &door->users[i];

		user->uid = (uint16_t)i;
		snprintf(user->user_id, sizeof user->user_id, "%03zu", i);
		snprintf(user->name, sizeof user->name, "User %zu", i);
		user->raw_len = 72;
		memcpy(list->users[i].user_id, user->user_id,
		       sizeof user->user_id);
		list->users[i].first = i;
		list->windows[i] = (struct entry_window){ 0, 1000 };
	}
}

/* May those of the list enter? */
static void
let_in(struct entry_list *list, size_t from, size_t to, bool open)
{
	for (size_t i = from; i < to; i++)
		list->users[i].count = open;
}

static const struct enforce_when any_time = { .local = 500 };
static const struct enforce_when opens_only = { .local = 500,
	.opens_only = true };

static enum zk_result
run_when(struct door *door, const struct entry_list *list,
         const struct enforce_when *when, struct enforce_result *out)
{
	const struct enforce_door ops = { door, door_read, door_write,
		door_find, door_mark, door_unmark, NULL };

	return enforce_run(&ops, list, when, out);
}

static enum zk_result
run(struct door *door, const struct entry_list *list,
    struct enforce_result *out)
{
	return run_when(door, list, &any_time, out);
}

static size_t
closed(const struct door *door)
{
	size_t sum = 0;

	for (size_t i = 0; i < door->count; i++)
		sum += door->users[i].disabled;
	return sum;
}

static void
only_the_changed_are_written_and_off_frees_all(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 60);
	let_in(&list, 4, 60, true);
	door.users[0].privilege = 14;		/* an administrator */
	door.users[1].disabled = true;		/* a ban by hand */
	door.users[1].privilege = 1;
	list.users[1].approved = true;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(out.closed, 2);
	assert_int_equal(out.banned, 1);
	assert_int_equal(door.written, 2);
	assert_false(door.users[0].disabled);
	assert_string_equal(door.users[2].name, "User 2");
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(door.written, 2);
	let_in(&list, 0, 3, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(out.opened, 1);
	assert_true(door.users[1].disabled && !door.users[2].disabled);
	list.enforced_at = CLOCK_NO_TIME;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 1);	/* the ban stays */
	assert_int_equal(door.mark_count, 0);
	entry_finish(&list);
}

static void
many_at_once_wait_but_for_the_approved(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 60);
	let_in(&list, 7, 60, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(out.held, 7);
	assert_int_equal(door.written, 0);
	for (size_t i = 0; i < 25; i++)
		list.users[i].approved = true;
	let_in(&list, 0, 25, false);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(out.held, 0);
	assert_int_equal(out.closed, 25);
	assert_int_equal(door.writes, 3);
	entry_finish(&list);
}

static void
a_firmware_that_ignores_it_is_found_out(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 60);
	let_in(&list, 5, 60, true);
	door.ignores = true;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_true(out.is_ignored);
	assert_int_equal(door.writes, 1);
	entry_finish(&list);
}

/* Those come first, and say nothing of what the firmware knows. */
static void
openings_that_fail_are_not_taken_for_it(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 60);
	let_in(&list, 5, 60, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 5);
	let_in(&list, 0, 5, true);
	let_in(&list, 5, 7, false);
	door.ignores = true;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_false(out.is_ignored);
	assert_int_equal(out.failed, 7);
	assert_int_equal(out.unopened, 5);
	door.ignores = false;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 2);
	assert_int_equal(out.unopened, 0);
	entry_finish(&list);
}

/* A terminal that says no is believed, and has to be asked again. */
static void
what_is_refused_is_not_ignored(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 200);
	let_in(&list, 20, 200, true);
	door.refuses = true;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_true(out.is_refused && !out.is_ignored);
	assert_int_equal(door.writes, 1);	/* it is let be */
	assert_int_equal(door.mark_count, 0);
	door.refuses = false;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 20);
	assert_false(out.is_refused);
	entry_finish(&list);
}

static void
opens_only_closes_nobody(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 60);
	let_in(&list, 2, 60, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	let_in(&list, 0, 1, true);
	let_in(&list, 2, 4, false);
	door.users[1].disabled = false;	/* by hand */
	door.users[1].privilege = 0;
	assert_int_equal(run_when(&door, &list, &opens_only, &out), ZK_OK);
	assert_int_equal(out.opened, 1);
	assert_int_equal(out.closed + out.failed, 0);
	assert_int_equal(closed(&door), 0);
	/* who is closed from now on, it is not the bridge */
	assert_int_equal(door.mark_count, 0);
	entry_finish(&list);
}

static void
a_run_cut_short_is_ended_by_the_next(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 60);
	let_in(&list, 3, 60, true);
	door.dies = true;
	assert_int_equal(run(&door, &list, &out), ZK_CLOSED);
	assert_int_equal(door.mark_count, 3);
	door.dies = false;
	door.users[2].disabled = false;		/* the write that was lost */
	door.users[2].privilege = 0;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 3);
	let_in(&list, 0, 60, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 0);
	assert_int_equal(door.mark_count, 0);
	entry_finish(&list);
}

static void
a_closing_that_failed_is_not_taken_for_a_later_ban(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 10);
	let_in(&list, 1, 10, true);
	door.ignores = true;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(out.failed, 1);
	assert_int_equal(door.mark_count, 0);
	door.ignores = false;
	door.users[0].disabled = true;		/* by hand */
	let_in(&list, 0, 1, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(out.banned, 1);
	assert_int_equal(closed(&door), 1);
	entry_finish(&list);
}

static void
who_was_not_closed_leaves_the_journal(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 10);
	let_in(&list, 1, 10, true);
	door.dies = door.ignores = true;
	assert_int_equal(run(&door, &list, &out), ZK_CLOSED);
	assert_int_equal(door.mark_count, 1);
	door.dies = false;
	list.user_count = 0;			/* nobody's number now */
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(door.mark_count, 0);
	entry_finish(&list);
}

static void
who_is_not_in_the_list_stays_as_it_is(void **state)
{
	struct enforce_result out;
	struct entry_list list;
	struct door door;

	(void)state;
	fill(&door, &list, 10);
	let_in(&list, 1, 10, true);
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 1);
	list.user_count = 0;
	assert_int_equal(run(&door, &list, &out), ZK_OK);
	assert_int_equal(closed(&door), 1);
	assert_int_equal(door.written, 1);
	entry_finish(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			only_the_changed_are_written_and_off_frees_all),
		cmocka_unit_test(many_at_once_wait_but_for_the_approved),
		cmocka_unit_test(a_firmware_that_ignores_it_is_found_out),
		cmocka_unit_test(openings_that_fail_are_not_taken_for_it),
		cmocka_unit_test(what_is_refused_is_not_ignored),
		cmocka_unit_test(opens_only_closes_nobody),
		cmocka_unit_test(a_run_cut_short_is_ended_by_the_next),
		cmocka_unit_test(
			a_closing_that_failed_is_not_taken_for_a_later_ban),
		cmocka_unit_test(who_was_not_closed_leaves_the_journal),
		cmocka_unit_test(who_is_not_in_the_list_stays_as_it_is),
	};

	return cmocka_run_group_tests_name("enforce", tests, NULL, NULL);
}
