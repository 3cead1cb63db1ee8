/* test_terminal_faults.c: what goes wrong with the fake terminal on order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/unit/probe_case.h"

#define OPEN(...) \
	open_with((const char *const[]){ "users", "9", __VA_ARGS__, NULL })

/* GET_TIME, whose answer is one packet of four bytes. */
static struct fake_reply
ask_time(void)
{
	return fake_probe_ask(&probe, CODE_GET_TIME, NULL, 0);
}

static void
assert_well(void)
{
	struct fake_reply r = ask_time(), more;

	assert_int_equal(r.code, CODE_ACK_OK);
	assert_int_equal(r.shape, FAKE_WHOLE);
	assert_int_equal(r.reply, probe.reply);
	assert_int_equal(r.len, 4);
	assert_true(r.sound);
	assert_false(fake_probe_next(&probe, &more));
}

/* ---- one packet ----------------------------------------------------------*/

static void
a_checksum_is_wrong_as_often_as_ordered(void **state)
{
	(void)state;
	OPEN(NULL);
	assert_order("fault checksum 2", "ok checksum 2");
	assert_false(ask_time().sound);
	assert_false(ask_time().sound);
	assert_well();
	assert_order("fault checksum", "ok checksum 1");
	assert_order("fault none", "ok none 0");
	assert_well();
}

static void
a_short_packet_is_followed_by_silence(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN(NULL);
	assert_order("fault short any", "ok short 1");
	assert_int_equal(ask_time().shape, FAKE_CUT);
	fake_probe_send(&probe, CODE_GET_TIME, NULL, 0);
	assert_false(fake_probe_next(&probe, &r));
	assert_false(probe.session.closing);
}

static void
a_stall_says_nothing_at_all(void **state)
{
	(void)state;
	OPEN(NULL);
	assert_order("fault stall", "ok stall 1");
	assert_int_equal(ask_time().code, 0);
	assert_int_equal(ask_time().code, 0);
	assert_non_null(strstr(fake_probe_order(&probe, "state"),
	                       " connections=1 "));
}

static void
a_close_comes_in_the_middle(void **state)
{
	(void)state;
	OPEN(NULL);
	assert_order("fault close", "ok close 1");
	assert_int_equal(ask_time().shape, FAKE_CUT);
	assert_true(probe.session.closing);
}

static void
garbage_is_no_frame(void **state)
{
	(void)state;
	OPEN(NULL);
	assert_order("fault garbage", "ok garbage 1");
	assert_int_equal(ask_time().shape, FAKE_RAW);
	assert_well();
}

static void
a_stray_packet_goes_before_the_answer(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN(NULL);
	assert_order("fault stray", "ok stray 1");
	r = ask_time();
	assert_true(r.sound);
	assert_int_not_equal(r.reply, probe.reply);
	assert_true(fake_probe_next(&probe, &r));
	assert_int_equal(r.reply, probe.reply);
	assert_true(r.sound);
	assert_well();
}

/* The command is not carried out. */
static void
an_error_takes_the_place_of_the_answer(void **state)
{
	(void)state;
	OPEN(NULL);
	assert_order("punch 1 2026-01-15T06:30:00",
	             "ok 1 2026-01-15 06:30:00");
	assert_order("fault error:4989", "ok error:4989 1");
	assert_int_equal(fake_probe_code(&probe, CODE_CLEAR_ATTLOG), 4989);
	assert_order("count", "ok records=1 users=9");
	assert_well();
}

static void
a_late_answer_lets_others_pass(void **state)
{
	struct fake_reply r;
	int64_t now = clock_mono_ms();

	(void)state;
	OPEN(NULL);
	assert_order("fault late", "ok late 1");
	assert_int_equal(ask_time().code, 0);
	assert_in_range(fake_session_wait(&probe.session, now), 1000, 3000);
	assert_well();
	fake_session_tick(&probe.session, now + 1400);
	assert_false(fake_probe_next(&probe, &r));
	fake_session_tick(&probe.session, clock_mono_ms() + 1500);
	assert_true(fake_probe_next(&probe, &r));
	assert_int_equal(r.reply, probe.reply - 1);
	assert_int_equal(fake_session_wait(&probe.session, now), -1);
}

static void
orders_that_are_no_fault_are_refused(void **state)
{
	static const char *const wrong[] = {
		"fault", "fault nothing", "fault error:", "fault error:0",
		"fault error", "fault short all", "fault short any 0",
		"fault short bulk -1",
	};

	(void)state;
	OPEN(NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_non_null(text_after(fake_probe_order(&probe, "%s",
		                wrong[i]), "error fault "));
	assert_well();
}

/* ---- tables --------------------------------------------------------------*/

static void
faults_of_bulk_wait_for_a_table(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN("inline", "0", "max-packet", "100");
	assert_order("fault checksum bulk", "ok checksum 1");
	assert_well();
	r = fake_probe_prepare(&probe, CODE_USERTEMP_RRQ, 5);
	assert_true(r.sound);
	fake_probe_read(&probe, 0, 9 * 72);
	for (int i = 0; i < 1 + 7 + 1; i++) {	/* 1500, 1501 ..., 2000 */
		assert_true(fake_probe_next(&probe, &r));
		assert_int_equal(r.code, i == 0 ? CODE_PREPARE_DATA :
		                 i < 8 ? CODE_DATA : CODE_ACK_OK);
		assert_int_equal(r.sound, i != 4);
	}
	assert_false(fake_probe_next(&probe, &r));
	assert_well();
}

static void
a_table_breaks_off_in_its_middle(void **state)
{
	struct fake_reply r;
	int whole = 0;

	(void)state;
	OPEN("inline", "0", "max-packet", "100");
	fake_probe_prepare(&probe, CODE_USERTEMP_RRQ, 5);
	assert_order("fault close bulk", "ok close 1");
	fake_probe_read(&probe, 0, 9 * 72);
	while (fake_probe_next(&probe, &r) && r.shape == FAKE_WHOLE)
		whole++;
	assert_int_equal(whole, 4);
	assert_int_equal(r.shape, FAKE_CUT);
	assert_false(fake_probe_next(&probe, &r));
	assert_true(probe.session.closing);
}

static void
sizes_announced_are_too_large(void **state)
{
	const size_t size = 4 + 9 * 72;
	struct fake_reply r;

	(void)state;
	OPEN(NULL);
	assert_order("fault size any 3", "ok size 3");
	assert_well();		/* announces nothing, so it waits */
	r = fake_probe_prepare(&probe, CODE_USERTEMP_RRQ, 5);
	assert_int_equal(r.code, CODE_DATA);
	assert_int_equal(r.len, size);
	assert_true(wire_get32(r.data) > size - 4);
	assert_true(r.sound);
	assert_order("set inline 0", "ok inline 0");
	r = fake_probe_prepare(&probe, CODE_USERTEMP_RRQ, 5);
	assert_true(wire_get32(r.data + 1) > size);
	assert_int_equal(wire_get32(r.data + 5), wire_get32(r.data + 1));
	fake_probe_read(&probe, 0, (uint32_t)size);
	assert_true(fake_probe_next(&probe, &r));
	assert_true(wire_get32(r.data) > size);
	assert_order("fault none", "ok none 0");
}

static void
register_events(void)
{
	static const uint8_t all[4] = { 0xff, 0xff };

	assert_int_equal(fake_probe_ask(&probe, CODE_REG_EVENT, all, 4).code,
	                 CODE_ACK_OK);
}

static void
somebody_punches_amid_a_table(void **state)
{
	static const uint16_t codes[] = {
		CODE_PREPARE_DATA, CODE_DATA, CODE_REG_EVENT, CODE_DATA,
		CODE_ACK_OK,
	};
	struct fake_reply r;

	(void)state;
	OPEN("inline", "0", "max-packet", "400");
	register_events();
	assert_order("amid 5", "ok 5 1");
	assert_order("fault none", "ok none 0");
	fake_probe_prepare(&probe, CODE_USERTEMP_RRQ, 5);
	assert_order("count", "ok records=0 users=9");
	fake_probe_read(&probe, 0, 9 * 72);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		assert_true(fake_probe_next(&probe, &r));
		assert_int_equal(r.code, codes[i]);
		if (r.code == CODE_REG_EVENT)
			assert_string_equal((const char *)r.data, "5");
	}
	assert_order("count", "ok records=1 users=9");
	fake_probe_read(&probe, 0, 9 * 72);	/* once only */
	assert_order("count", "ok records=1 users=9");
	assert_order("amid", "error amid ID: 1 to 24 letters or digits");
}

static void
a_table_may_take_its_time(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN("first-byte", "5000");
	assert_int_equal(fake_probe_prepare(&probe, CODE_USERTEMP_RRQ, 5).code,
	                 0);
	assert_int_equal(ask_time().code, 0);	/* it has its turn */
	fake_session_tick(&probe.session, clock_mono_ms() + 5000);
	assert_true(fake_probe_next(&probe, &r));
	assert_int_equal(r.code, CODE_DATA);
	assert_true(fake_probe_next(&probe, &r));
	assert_int_equal(r.reply, probe.reply);
}

/* ---- events --------------------------------------------------------------*/

static unsigned
count_events(void)
{
	struct fake_reply r;
	unsigned count = 0;

	while (fake_probe_next(&probe, &r))
		count += r.code == CODE_REG_EVENT;
	return count;
}

static void
acknowledge(void)
{
	probe.reply = UINT16_MAX;	/* the next is 0 */
	fake_probe_send(&probe, CODE_ACK_OK, NULL, 0);
}

static void
an_event_comes_again_until_it_is_acknowledged(void **state)
{
	int64_t now = clock_mono_ms();

	(void)state;
	OPEN("event-ack", "resend");
	register_events();
	assert_order("punch 1 2026-01-15T06:30:00",
	             "ok 1 2026-01-15 06:30:00");
	assert_int_equal(count_events(), 1);
	fake_session_tick(&probe.session, now + 3500);
	assert_int_equal(count_events(), 1);
	assert_order("fault error:4989", "ok error:4989 1");
	acknowledge();		/* has no answer that could be one */
	fake_session_tick(&probe.session, now + 9000);
	assert_int_equal(count_events(), 0);
	assert_int_equal(ask_time().code, 4989);
	assert_order("punch 1 2026-01-15T06:30:01",
	             "ok 1 2026-01-15 06:30:01");
	for (int i = 0; i < 9; i++)
		fake_session_tick(&probe.session, now + (i + 2) * 4000);
	assert_int_equal(count_events(), 1 + 3);
}

static void
an_event_that_is_not_acknowledged_is_gone(void **state)
{
	(void)state;
	OPEN(NULL);
	register_events();
	assert_order("punch 1 2026-01-15T06:30:00",
	             "ok 1 2026-01-15 06:30:00");
	fake_session_tick(&probe.session, clock_mono_ms() + 9000);
	assert_int_equal(count_events(), 1);
}

/* ---- connecting, power ---------------------------------------------------*/

static void
connect_may_be_refused_with_a_code(void **state)
{
	static const char *const options[] = { "connect-code", "6001", NULL };
	struct fake_reply r;

	(void)state;
	fake_probe_init(&probe, options);
	r = fake_probe_ask(&probe, CODE_CONNECT, NULL, 0);
	assert_int_equal(r.code, 6001);
	assert_int_equal(r.field, 0);
	assert_int_equal(ask_time().code, CODE_ACK_ERROR_INIT);
}

static void
after_a_reboot_nobody_is_known(void **state)
{
	(void)state;
	OPEN(NULL);
	register_events();
	fake_probe_code(&probe, CODE_DISABLEDEVICE);
	assert_order("punch 1", "error disabled");
	assert_order("reboot 0", "ok 0");
	assert_int_equal(ask_time().code, 0);
	assert_non_null(text_after(fake_probe_order(&probe, "state"),
	                "ok enabled connections=0 registered=0 "));
	assert_non_null(text_after(fake_probe_order(&probe, "punch 1"), "ok"));
	assert_int_equal(count_events(), 0);
	assert_order("reboot -1", "error reboot MS: MS is 0 to 600000");
}

static void
restart_answers_and_goes_down(void **state)
{
	static const char *const answers[] = { "yes", "no" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		OPEN("restart-answer", answers[i], "reboot-ms", "60000");
		assert_int_equal(fake_probe_code(&probe, CODE_RESTART),
		                 i == 0 ? CODE_ACK_OK : 0);
		assert_int_equal(ask_time().code, 0);
		assert_in_range(fake_terminal_away(&probe.terminal), 50000,
		                60000);
		assert_non_null(strstr(fake_probe_order(&probe, "state"),
		                       " restarts=1 "));
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

static void
power_that_is_off_stays_off(void **state)
{
	(void)state;
	OPEN("reboot-ms", "0");
	assert_int_equal(fake_probe_code(&probe, CODE_POWEROFF), CODE_ACK_OK);
	assert_true(fake_terminal_away(&probe.terminal) > 1000000);
	assert_order("reboot", "ok 0");
	assert_int_equal(fake_terminal_away(&probe.terminal), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, close_all)
	const struct CMUnitTest tests[] = {
		TEST(a_checksum_is_wrong_as_often_as_ordered),
		TEST(a_short_packet_is_followed_by_silence),
		TEST(a_stall_says_nothing_at_all),
		TEST(a_close_comes_in_the_middle),
		TEST(garbage_is_no_frame),
		TEST(a_stray_packet_goes_before_the_answer),
		TEST(an_error_takes_the_place_of_the_answer),
		TEST(a_late_answer_lets_others_pass),
		TEST(orders_that_are_no_fault_are_refused),
		TEST(faults_of_bulk_wait_for_a_table),
		TEST(a_table_breaks_off_in_its_middle),
		TEST(sizes_announced_are_too_large),
		TEST(somebody_punches_amid_a_table),
		TEST(a_table_may_take_its_time),
		TEST(an_event_comes_again_until_it_is_acknowledged),
		TEST(an_event_that_is_not_acknowledged_is_gone),
		TEST(connect_may_be_refused_with_a_code),
		TEST(after_a_reboot_nobody_is_known),
		TEST(restart_answers_and_goes_down),
		TEST(power_that_is_off_stays_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
