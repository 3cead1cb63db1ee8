/* test_spool_stale.c: damage that a quick check does not see */
#include "tests/unit/spool_place.h"

#define PAGE 4096
#define LEAF_OF_INDEX 10	/* first byte of such a page */
#define MANY 2000

static void
add_many(struct spool *s, int64_t from, int64_t to, size_t want)
{
	int64_t terminal = spool_terminal(s, SN);
	size_t count, sum = 0;

	for (; from < to; from++) {
		struct spool_punch one = punch("42", from, false);

		assert_true(spool_add(s, terminal, 0, &one, 1, &count));
		sum += count;
	}
	assert_int_equal(sum, want);
}

static void
close_spool(struct place *p)
{
	spool_close(p->spool);
	p->spool = NULL;
}

/* The file as it is, once closed. */
static size_t
load(struct place *p, struct buf *out)
{
	FILE *file;
	size_t got;

	close_spool(p);
	file = fopen(p->path.data, "r");
	assert_non_null(file);
	do {
		buf_reserve(out, PAGE);
		got = fread(out->data + out->len, 1, PAGE, file);
		out->len += got;
	} while (got == PAGE);
	fclose(file);
	return out->len / PAGE;
}

static void
write_at(struct place *p, size_t at, const char *data, size_t len)
{
	FILE *file = fopen(p->path.data, at == 0 ? "w" : "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
	assert_int_equal(fwrite(data, 1, len, file), len);
	fclose(file);
}

static bool
is_there(struct place *p, const char *suffix)
{
	struct buf file = BUF_INIT;
	bool there;

	buf_appendf(&file, "%s%s", p->path.data, suffix);
	there = access(file.data, F_OK) == 0;
	buf_finish(&file);
	return there;
}

/* Until none waits, or the spool cannot settle any: how many it settled. */
static size_t
settle_while_sound(struct spool *s)
{
	struct spool_item items[100];
	struct spool_settled done[100];
	size_t count, sum = 0;

	while (spool_next(s, items, 100, &count) && count > 0) {
		for (size_t i = 0; i < count; i++)
			done[i] = (struct spool_settled){ .id = items[i].id };
		if (!spool_settle(s, done, count))
			break;
		sum += count;
	}
	return sum;
}

/* A file, and as it was one punch before. */
struct two {
	struct buf before, after;
	size_t pages;
};

static struct two
make_two(struct place *p)
{
	struct two two = { BUF_INIT, BUF_INIT, 0 };

	add_many(p->spool, 0, MANY, MANY);
	two.pages = load(p, &two.before);
	reopen(p);
	add_many(p->spool, MANY, MANY + 1, 1);
	assert_int_equal(load(p, &two.after), two.pages);
	return two;
}

static void
finish_two(struct two *two)
{
	buf_finish(&two->before);
	buf_finish(&two->after);
}

/* The next page from `at` on of an index that the punch is missing from. */
static size_t
next_stale(const struct two *two, size_t at)
{
	while (at < two->pages && (two->after.data[at * PAGE] != LEAF_OF_INDEX ||
	       memcmp(two->after.data + at * PAGE, two->before.data + at * PAGE,
	              PAGE) == 0))
		at++;
	return at;
}

static void
put_stale(struct place *p, const struct two *two, size_t page)
{
	write_at(p, page * PAGE, two->before.data + page * PAGE, PAGE);
}

/* A disk forgot to write: of the queue's two indexes, and of all seen. */
static void
a_stale_page_of_an_index_is_mended(void **state)
{
	struct place *p = *state;
	struct two two = make_two(p);
	int pages = 0, mended = 0;

	for (size_t at = next_stale(&two, 1); at < two.pages;
	     at = next_stale(&two, at + 1)) {
		pages++;
		write_at(p, 0, two.after.data, two.after.len);
		put_stale(p, &two, at);
		reopen(p);
		mended += damaged_files(p);
		for (int64_t i = 0; i <= MANY; i++)
			add(p->spool, SN, punch("42", i, false));
		assert_int_equal(settle_while_sound(p->spool), MANY + 1);
		assert_false(spool_is_damaged(p->spool));
		close_spool(p);
	}
	assert_true(pages >= 3);
	assert_true(mended >= 2);
	finish_two(&two);
}

/* It is written by another, so that pages remembered are read again. */
static void
forget_pages(struct place *p)
{
	enum spool_fault fault;
	char error[300];
	struct spool *other = spool_open(p->path.data, SPOOL_LOOK, &fault,
	                                 error, sizeof error);

	assert_non_null(other);
	assert_true(spool_probe(other));
	spool_close(other);
}

static void
damage_that_is_met_is_marked_and_mended(void **state)
{
	struct place *p = *state;
	struct two two = make_two(p);
	int met = 0;

	for (size_t at = next_stale(&two, 1); at < two.pages;
	     at = next_stale(&two, at + 1)) {
		write_at(p, 0, two.after.data, two.after.len);
		reopen(p);
		assert_int_equal(damaged_files(p), 0);
		put_stale(p, &two, at);
		forget_pages(p);
		settle_while_sound(p->spool);
		assert_int_equal(is_there(p, ".damage"),
		                 spool_is_damaged(p->spool));
		if (spool_is_damaged(p->spool)) {
			met++;
			reopen(p);
			assert_int_equal(damaged_files(p), 1);
			assert_false(is_there(p, ".damage"));
			add_many(p->spool, 0, MANY + 1, 0);
			settle_while_sound(p->spool);
			assert_false(spool_is_damaged(p->spool));
			assert_int_equal(waiting(p->spool), 0);
		}
		close_spool(p);
		damaged_files(p);
	}
	assert_true(met > 0);
	finish_two(&two);
}

/* Nothing is wrong with it, as far as anybody can see. */
static void
a_marked_spool_is_mended_without_asking(void **state)
{
	struct place *p = *state;
	struct buf mark = BUF_INIT;
	FILE *file;

	add_many(p->spool, 0, MANY, MANY);
	close_spool(p);
	buf_appendf(&mark, "%s.damage", p->path.data);
	file = fopen(mark.data, "w");
	assert_non_null(file);
	fclose(file);
	buf_finish(&mark);
	reopen(p);
	assert_int_equal(damaged_files(p), 1);
	assert_false(is_there(p, ".damage"));
	add_many(p->spool, 0, MANY, 0);
	assert_int_equal(settle_while_sound(p->spool), MANY);
	reopen(p);
	assert_int_equal(damaged_files(p), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stale_page_of_an_index_is_mended),
		TEST(damage_that_is_met_is_marked_and_mended),
		TEST(a_marked_spool_is_mended_without_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
