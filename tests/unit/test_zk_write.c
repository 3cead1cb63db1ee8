/* test_zk_write.c: what changes a terminal, and that none stays disabled */
#include "tests/unit/test_zk_script.h"

#define OK(command) { command, SEND, ZK_ACK_OK, SAME, NULL }
#define DISABLED "1003:0a000000 "

static const int64_t MORNING = 1768458600;	/* 2026-01-15 06:30:00 */

/* Connects, does it, leaves; what the terminal heard is for the caller. */
static void
run(const struct step *steps, enum zk_transport transport, int visits,
    void (*what)(struct zk_session *), const char *heard)
{
	struct terminal_script t;
	struct zk_session *zk;

	start_visits(&t, transport, steps, visits);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	what(zk);
	zk_destroy(zk);
	finish(&t);
	assert_string_equal(t.heard.data, heard);
	buf_finish(&t.heard);
}

static void
write_all(struct zk_session *zk)
{
	assert_int_equal(zk_write_time(zk, MORNING), ZK_OK);
	assert_int_equal(zk_unlock(zk, 50), ZK_OK);
	assert_int_equal(zk_disable(zk, 10), ZK_OK);
	assert_int_equal(zk_enable(zk), ZK_OK);
	assert_int_equal(zk_clear_log(zk), ZK_OK);
	assert_int_equal(zk_refresh(zk), ZK_OK);
}

/* A terminal need not know 1013. */
static void
writes_say_what_they_mean(void **state)
{
	static const struct step steps[] = { HELLO, OK(ZK_TIME_WRITE),
		{ ZK_REFRESH, SEND, ZK_ACK_UNKNOWN, SAME, NULL },
		OK(ZK_UNLOCK), OK(ZK_DISABLE), OK(ZK_ENABLE),
		OK(ZK_LOG_CLEAR), OK(ZK_REFRESH), END };
	static const char heard[] = "1000 202:68fce131 1013 31:32000000 "
		DISABLED "1002 15 1013 1001 ";

	(void)state;
	run(steps, ZK_TCP, 1, write_all, heard);
	run(steps, ZK_UDP, 1, write_all, heard);
}

static void
write_nonsense(struct zk_session *zk)
{
	struct zk_user user = { .uid = 7, .user_id = "1007" };

	assert_int_equal(zk_write_time(zk, CLOCK_NO_TIME), ZK_REFUSED);
	assert_int_equal(zk_write_time(zk, 4102444800), ZK_REFUSED);
	assert_int_equal(zk_disable(zk, 0), ZK_REFUSED);
	assert_int_equal(zk_refusal(zk), 0);
	assert_int_equal(zk_write_user(zk, &user), ZK_REFUSED);
	assert_non_null(strstr(zk_error(zk), "written back"));
}

static void
nonsense_is_not_even_sent(void **state)
{
	static const struct step steps[] = { HELLO, END };

	(void)state;
	run(steps, ZK_TCP, 1, write_nonsense, "1000 1001 ");
}

static void
refuse_all(struct zk_session *zk)
{
	assert_int_equal(zk_clear_log(zk), ZK_REFUSED);
	assert_int_equal(zk_refusal(zk), 4992);
	assert_non_null(strstr(zk_error(zk), "to clear its log"));
	assert_non_null(strstr(zk_error(zk), "database delete failed"));
	assert_int_equal(zk_write_time(zk, MORNING), ZK_REFUSED);
	assert_non_null(strstr(zk_error(zk), "bad data"));
	assert_int_equal(zk_disable(zk, 10), ZK_REFUSED);
}

/* What refused to be disabled needs not be enabled. */
static void
refusals_of_writes_are_told(void **state)
{
	static const struct step steps[] = { HELLO,
		{ ZK_LOG_CLEAR, SEND, 4992, SAME, NULL },
		{ ZK_TIME_WRITE, SEND, 65531, SAME, NULL },
		{ ZK_DISABLE, SEND, ZK_ACK_ERROR, SAME, NULL }, END };

	(void)state;
	run(steps, ZK_TCP, 1, refuse_all, "1000 15 202:68fce131 " DISABLED
	    "1001 ");
}

/* ---- no terminal stays disabled ------------------------------------------ */

static void
disable(struct zk_session *zk)
{
	assert_int_equal(zk_disable(zk, 10), ZK_OK);
}

static void
disable_in_vain(struct zk_session *zk)
{
	assert_int_equal(zk_disable(zk, 10), ZK_TIMEOUT);
}

static void
disable_by_hand(struct zk_session *zk)
{
	assert_int_equal(zk_command(zk, ZK_DISABLE, "\x0a\0\0\0", 4, NULL),
	                 ZK_OK);
}

static void
disable_and_be_stopped(struct zk_session *zk)
{
	disable(zk);
	zk_interrupt(zk);
	assert_int_equal(zk_wait(zk, 60000), ZK_STOPPED);
}

static void
disable_and_hear_nonsense(struct zk_session *zk)
{
	disable(zk);
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_PROTOCOL);
}

static void
every_goodbye_enables_first(void **state)
{
	static const struct step steps[] = { HELLO, OK(ZK_DISABLE),
		OK(ZK_ENABLE), END };
	static const struct step silent[] = { HELLO, OK(ZK_ENABLE), END };
	static const struct step deaf[] = { HELLO, OK(ZK_DISABLE), END };
	static const struct step mad[] = { HELLO, OK(ZK_DISABLE),
		{ ZK_TIME_READ, SEND_RAW, 1, 0, "485454502f312e3120343030" },
		OK(ZK_ENABLE), END };

	(void)state;
	for (int i = ZK_TCP; i <= ZK_UDP; i++) {
		enum zk_transport by = (enum zk_transport)i;

		run(steps, by, 1, disable, "1000 " DISABLED "1002 1001 ");
		run(steps, by, 1, disable_by_hand, "1000 " DISABLED
		    "1002 1001 ");
		run(steps, by, 1, disable_and_be_stopped, "1000 " DISABLED
		    "1002 1001 ");
		run(silent, by, 1, disable_in_vain, "1000 " DISABLED
		    "1002 1001 ");
		run(deaf, by, 1, disable, "1000 " DISABLED
		    "1002 1002 1002 1001 ");
	}
	run(mad, ZK_TCP, 1, disable_and_hear_nonsense, "1000 " DISABLED
	    "201 1002 1001 ");
}

static void
lose_and_find(struct zk_session *zk)
{
	disable(zk);
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_CLOSED);
	assert_int_equal(zk_connect(zk), ZK_OK);
}

static void
what_a_broken_line_left_disabled_is_enabled_next_time(void **state)
{
	static const struct step steps[] = { HELLO, OK(ZK_DISABLE),
		{ ZK_TIME_READ, CLOSE, 1, 0, NULL }, HELLO, OK(ZK_ENABLE),
		END };

	(void)state;
	run(steps, ZK_TCP, 2, lose_and_find, "1000 " DISABLED
	    "201 1000 1002 1001 ");
}

/* ---- restarts ------------------------------------------------------------ */

static void
restart(struct zk_session *zk)
{
	assert_int_equal(zk_restart(zk), ZK_OK);
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_CLOSED);
}

static void
restart_in_vain(struct zk_session *zk)
{
	assert_int_equal(zk_restart(zk), ZK_REFUSED);
}

static void
restarts_end_the_connection_in_any_way(void **state)
{
	static const struct step answered[] = { HELLO, OK(ZK_RESTART), END };
	static const struct step silent[] = { HELLO, END };
	static const struct step closed[] = { HELLO,
		{ ZK_RESTART, CLOSE, 1, 0, NULL }, END };
	static const struct step refused[] = { HELLO,
		{ ZK_RESTART, SEND, 65533, SAME, NULL }, END };

	(void)state;
	run(answered, ZK_TCP, 1, restart, "1000 1004 ");
	run(silent, ZK_TCP, 1, restart, "1000 1004 1001 ");
	run(closed, ZK_TCP, 1, restart, "1000 1004 ");
	run(refused, ZK_TCP, 1, restart_in_vain, "1000 1004 1001 ");
	run(answered, ZK_UDP, 1, restart, "1000 1004 ");
}

/* ---- users --------------------------------------------------------------- */

#define REST "00003433323100417368612052616fefcdab0000010000ef030000"
#define USER "07" REST
#define BARRED "0700013433323100417368612052616fefcdab0000010000ef030000"

static void
keep_user(void *arg, const struct zk_user *user)
{
	*(struct zk_user *)arg = *user;
}

static void
bar_user(struct zk_session *zk)
{
	struct zk_user user = { 0 };

	assert_int_equal(zk_read_users(zk, 1, keep_user, &user), ZK_OK);
	assert_int_equal(user.raw_len, 28);
	assert_int_equal(zk_write_user(zk, &user), ZK_OK);
	user.disabled = true;
	assert_int_equal(zk_write_user(zk, &user), ZK_OK);
}

static void
users_are_written_back_with_one_bit_changed(void **state)
{
	static const struct step steps[] = { HELLO, FREED,
		{ ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, "1c000000" USER },
		FREED, OK(ZK_USER_WRITE), OK(ZK_REFRESH), OK(ZK_USER_WRITE),
		OK(ZK_REFRESH), END };

	(void)state;
	run(steps, ZK_TCP, 1, bar_user, "1000 1502 1503 1502 8:" USER
	    " 1013 8:" BARRED " 1013 1001 ");
}

/* As it would be read; the record of Asha, with another number. */
static struct zk_user
user_of(uint16_t uid)
{
	const char *hex = USER;
	uint8_t raw[28];
	struct zk_user user;

	for (size_t i = 0; i < sizeof raw; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		raw[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	raw[0] = (uint8_t)uid;
	assert_true(zk_user_decode(sizeof raw, raw, &user));
	return user;
}

/* The second is refused: nobody else suffers for it. */
static void
put_three(struct zk_session *zk)
{
	static const enum zk_result results[] = { ZK_OK, ZK_REFUSED, ZK_OK };

	for (size_t i = 0; i < 3; i++) {
		struct zk_user user = user_of((uint16_t)(7 + i));

		assert_int_equal(zk_put_user(zk, &user), results[i]);
	}
	assert_int_equal(zk_refusal(zk), 4994);
	assert_int_equal(zk_refresh(zk), ZK_OK);
}

static void
several_users_are_written_and_refreshed_once(void **state)
{
	static const struct step steps[] = { HELLO, OK(ZK_USER_WRITE),
		{ ZK_USER_WRITE, SEND, 4994, SAME, NULL }, OK(ZK_USER_WRITE),
		{ ZK_REFRESH, SEND, ZK_ACK_UNKNOWN, SAME, NULL }, END };
	static const char heard[] = "1000 8:" USER " 8:08" REST " 8:09" REST
		" 1013 1001 ";

	(void)state;
	run(steps, ZK_TCP, 1, put_three, heard);
	run(steps, ZK_UDP, 1, put_three, heard);
}

/* It may have been written or not: that is for the next reading to tell. */
static void
put_in_vain(struct zk_session *zk)
{
	struct zk_user user = user_of(7);

	assert_int_equal(zk_write_user(zk, &user), ZK_TIMEOUT);
}

static void
a_write_without_an_answer_is_not_sent_again(void **state)
{
	static const struct step steps[] = { HELLO, END };

	(void)state;
	run(steps, ZK_TCP, 1, put_in_vain, "1000 8:" USER " 1001 ");
	run(steps, ZK_UDP, 1, put_in_vain, "1000 8:" USER " 1001 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_say_what_they_mean),
		cmocka_unit_test(nonsense_is_not_even_sent),
		cmocka_unit_test(refusals_of_writes_are_told),
		cmocka_unit_test(every_goodbye_enables_first),
		cmocka_unit_test(
			what_a_broken_line_left_disabled_is_enabled_next_time),
		cmocka_unit_test(restarts_end_the_connection_in_any_way),
		cmocka_unit_test(users_are_written_back_with_one_bit_changed),
		cmocka_unit_test(several_users_are_written_and_refreshed_once),
		cmocka_unit_test(a_write_without_an_answer_is_not_sent_again),
	};

	return cmocka_run_group_tests_name("zk_write", tests, NULL, NULL);
}
