/* spool_place.h: a spool of its own for each test of spools */
#ifndef SPOOL_PLACE_H
#define SPOOL_PLACE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "spool.h"

#define SN "CRT5200-SN001"

/* Each test has a folder, and a spool in it, of its own. */
struct place {
	char folder[64];
	struct buf path;
	struct spool *spool;
};

static inline struct spool *
reopen(struct place *p)
{
	enum spool_fault fault;
	char error[300] = "";

	spool_close(p->spool);
	p->spool = spool_open(p->path.data, SPOOL_OWN, &fault, error,
	                      sizeof error);
	assert_string_equal(error, "");
	assert_non_null(p->spool);
	return p->spool;
}

static inline int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	const char *tmp = getenv("TMPDIR");

	assert_non_null(p);
	snprintf(p->folder, sizeof p->folder, "%.40s/spool-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(p->folder));
	buf_appendf(&p->path, "%s/spool.db", p->folder);
	reopen(p);
	*state = p;
	return 0;
}

static inline int
tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct place *p = *state;

	spool_close(p->spool);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct buf file = BUF_INIT;

		buf_appendf(&file, "%s%s", p->path.data, ends[i]);
		unlink(file.data);
		buf_finish(&file);
	}
	assert_int_equal(rmdir(p->folder), 0);
	buf_finish(&p->path);
	free(p);
	return 0;
}

static inline struct spool_punch
punch(const char *user_id, int64_t local, bool fresh)
{
	struct spool_punch p = { .uid = SPOOL_NONE, .local = local,
		                 .sent_local = SPOOL_NONE,
		                 .clock_offset = SPOOL_NONE, .fresh = fresh };

	text_copy(p.user_id, sizeof p.user_id, user_id);
	return p;
}

static inline enum spool_novelty
add(struct spool *s, const char *sn, struct spool_punch p)
{
	size_t count;

	assert_true(spool_add(s, spool_terminal(s, sn), 0, &p, 1, &count));
	assert_int_equal(count, p.novelty == SPOOL_NEW);
	return p.novelty;
}

static inline size_t
waiting(struct spool *s)
{
	struct spool_item items[100];
	size_t count;

	assert_true(spool_next(s, items, 100, &count));
	return count;
}

static inline void
settle(struct spool *s, int64_t id, int parked)
{
	struct spool_settled done = { id, parked, "422: no", false };

	assert_true(spool_settle(s, &done, 1));
}

static inline void
settle_all(struct spool *s)
{
	struct spool_item items[10];
	size_t count;

	while (spool_next(s, items, 10, &count) && count > 0) {
		for (size_t i = 0; i < count; i++)
			settle(s, items[i].id, 0);
	}
}

/* All damaged files that lie beside the spool are counted and removed. */
static inline int
damaged_files(struct place *p)
{
	char command[300];
	FILE *pipe;
	int count = 0;

	snprintf(command, sizeof command,
	         "ls %s.damaged-*Z 2>/dev/null | wc -l; rm -f %s.damaged-*",
	         p->path.data, p->path.data);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%d", &count), 1);
	pclose(pipe);
	return count;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
