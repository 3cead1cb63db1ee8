/* zk_write.c: what changes a terminal; none of it is repeated by itself */
#include "zk_inside.h"

/* A packed time holds the years 2000 to 2099. */
#define TIME_FIRST 946684800
#define TIME_LAST 4102444799

static enum zk_result
command_u32(struct zk_session *zk, uint16_t command, uint32_t value)
{
	struct buf data = BUF_INIT;
	enum zk_result rc;

	zk_put_u32(&data, value);
	rc = zk_command(zk, command, data.data, data.len, NULL);
	buf_finish(&data);
	return rc;
}

/* Refused by us: the terminal was not asked. */
static enum zk_result
refuse(struct zk_session *zk, const char *why)
{
	zk->refusal = 0;
	return zk_inside_fail(zk, ZK_REFUSED, "%s", why);
}

enum zk_result
zk_refresh(struct zk_session *zk)
{
	enum zk_result rc = zk_command(zk, ZK_REFRESH, NULL, 0, NULL);

	return rc == ZK_REFUSED ? ZK_OK : rc;
}

enum zk_result
zk_write_time(struct zk_session *zk, int64_t local)
{
	enum zk_result rc;

	if (local < TIME_FIRST || local > TIME_LAST)
		return refuse(zk, "a terminal cannot be set to that year");
	rc = command_u32(zk, ZK_TIME_WRITE, zk_time_encode(local));
	return rc == ZK_OK ? zk_refresh(zk) : rc;
}

/* zk->disabled is set as the command is sent. */
enum zk_result
zk_disable(struct zk_session *zk, uint32_t seconds)
{
	bool was = zk->disabled;
	enum zk_result rc;

	if (seconds == 0)
		return refuse(zk, "a terminal is disabled for a second at "
			"least: 0 may mean for ever");
	rc = command_u32(zk, ZK_DISABLE, seconds);
	if (rc == ZK_REFUSED)
		zk->disabled = was;
	return rc;
}

enum zk_result
zk_enable(struct zk_session *zk)
{
	enum zk_result rc = zk_command(zk, ZK_ENABLE, NULL, 0, NULL);

	if (rc == ZK_OK)
		zk->disabled = false;
	return rc;
}

enum zk_result
zk_unlock(struct zk_session *zk, uint32_t tenths)
{
	return command_u32(zk, ZK_UNLOCK, tenths);
}

enum zk_result
zk_clear_log(struct zk_session *zk)
{
	return zk_command(zk, ZK_LOG_CLEAR, NULL, 0, NULL);
}

/* Some terminals answer and some are gone at once. */
enum zk_result
zk_restart(struct zk_session *zk)
{
	enum zk_result rc = zk->disabled ? zk_enable(zk) : ZK_OK;

	if (rc == ZK_OK || rc == ZK_REFUSED)
		rc = zk_command(zk, ZK_RESTART, NULL, 0, NULL);
	else
		return rc;
	if (rc != ZK_OK && rc != ZK_TIMEOUT && rc != ZK_CLOSED)
		return rc;
	if (rc == ZK_TIMEOUT)	/* it may never have heard of it */
		zk_disconnect(zk);
	zk_link_close(&zk->link);
	return ZK_OK;
}

enum zk_result
zk_put_user(struct zk_session *zk, const struct zk_user *user)
{
	uint8_t raw[ZK_USER_RAW_MAX];
	size_t len = 0;

	if (!zk_user_encode(user, raw, &len))
		return refuse(zk, "only a user as a terminal told it can be "
			"written back");
	return zk_command(zk, ZK_USER_WRITE, raw, len, NULL);
}

enum zk_result
zk_write_user(struct zk_session *zk, const struct zk_user *user)
{
	enum zk_result rc = zk_put_user(zk, user);

	return rc == ZK_OK ? zk_refresh(zk) : rc;
}
