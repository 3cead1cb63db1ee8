/* zk_info.c: what a terminal says about itself */
#include "zk_inside.h"

#include "base/clock.h"
#include "base/text.h"

enum zk_result
zk_read_option(struct zk_session *zk, const char *name, char *value,
               size_t size)
{
	struct zk_packet answer;
	enum zk_result rc = zk_command(zk, ZK_OPTION_READ, name,
	                               strlen(name) + 1, &answer);

	value[0] = '\0';
	if (rc == ZK_OK)
		zk_option_decode(answer.data, answer.len, value, size);
	return rc == ZK_REFUSED ? ZK_OK : rc;
}

enum zk_result
zk_read_serial(struct zk_session *zk, char serial[ZK_SERIAL_MAX + 1])
{
	enum zk_result rc = zk_read_option(zk, "~SerialNumber", serial,
	                                   ZK_SERIAL_MAX + 1);

	zk_serial_clean(serial);
	return rc;
}

enum zk_result
zk_read_firmware(struct zk_session *zk, char *value, size_t size)
{
	struct zk_packet answer;
	enum zk_result rc = zk_command(zk, ZK_VERSION, NULL, 0, &answer);

	value[0] = '\0';
	if (rc == ZK_OK)
		zk_option_decode(answer.data, answer.len, value, size);
	return rc == ZK_REFUSED ? ZK_OK : rc;
}

enum zk_result
zk_read_sizes(struct zk_session *zk, struct zk_sizes *sizes)
{
	struct zk_packet answer;
	enum zk_result rc = zk_command(zk, ZK_FREE_SIZES, NULL, 0, &answer);

	if (rc == ZK_REFUSED && zk->refusal == ZK_ACK_INIT)
		rc = zk_inside_fail(zk, ZK_CLOSED, "the terminal does not "
			"know this connection any more");
	*sizes = (struct zk_sizes){ 0 };
	if (rc == ZK_OK)
		zk_sizes_decode(answer.data, answer.len, sizes);
	return rc == ZK_REFUSED ? ZK_OK : rc;
}

enum zk_result
zk_read_time(struct zk_session *zk, int64_t *local)
{
	struct zk_packet answer;
	enum zk_result rc = zk_command(zk, ZK_TIME_READ, NULL, 0, &answer);
	struct zk_reader r;
	uint32_t packed;

	*local = CLOCK_NO_TIME;
	if (rc != ZK_OK)
		return rc == ZK_REFUSED ? ZK_OK : rc;
	r = (struct zk_reader){ answer.data, answer.len, false };
	packed = zk_get_u32(&r);
	if (r.bad || !zk_time_decode(packed, local))
		*local = CLOCK_NO_TIME;
	return ZK_OK;
}

enum zk_result
zk_register_events(struct zk_session *zk, uint32_t mask)
{
	struct buf data = BUF_INIT;
	enum zk_result rc;

	zk_put_u32(&data, mask);
	rc = zk_command(zk, ZK_EVENT, data.data, data.len, NULL);
	buf_finish(&data);
	return rc;
}
