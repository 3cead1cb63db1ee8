/* zk_read.c: reads a terminal's log with the bridge's library, keeps nothing */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "zk_session.h"

static double
seconds(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
drop_event(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static bool
count_record(void *arg, const struct zk_record *record)
{
	size_t *sound = arg;

	*sound += record->flaw == ZK_SOUND;
	return true;
}

int
main(int argc, char **argv)
{
	struct zk_options options = {
		.host = "127.0.0.1", .port = argc > 1 ? atoi(argv[1]) : 4370,
		.timeout_ms = 10000, .bulk_timeout_ms = 60000,
		.transport = ZK_TCP,
	};
	double began = seconds(CLOCK_MONOTONIC);
	struct zk_session *zk;
	struct zk_sizes sizes;
	struct zk_log log = { .layout = ZK_LAYOUT_UNKNOWN };
	size_t sound = 0;
	enum zk_result rc;

	log_open("zk-read", LOG_INFO);
	zk = zk_create(&options, drop_event, NULL);
	rc = zk_connect(zk);
	if (rc == ZK_OK)
		rc = zk_read_sizes(zk, &sizes);
	if (rc == ZK_OK) {
		log.count = sizes.records;
		rc = zk_read_log(zk, &log, count_record, &sound);
	}
	if (rc != ZK_OK)
		fprintf(stderr, "zk-read: %s\n", zk_error(zk));
	else
		printf("{\"count\":%zu,\"s\":%.4f,\"cpu_s\":%.4f}\n", sound,
		       seconds(CLOCK_MONOTONIC) - began,
		       seconds(CLOCK_PROCESS_CPUTIME_ID));
	zk_destroy(zk);
	return rc == ZK_OK ? 0 : 1;
}
