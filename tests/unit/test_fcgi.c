/* test_fcgi.c: a request of plain CGI, from its environment to its answer */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/fcgi.h"
#include "http/route.h"

/* Says what it was asked, one line each. */
static void
tell(void *arg, struct req *req, struct res *res)
{
	char body[100];
	size_t n = 0, part;

	while (req->body_len > 0 && n < sizeof body &&
	       (part = req->read_body(req->read_arg, body + n,
	                              sizeof body - n)) > 0)
		n += part;
	res->status = HTTP_200;
	res->content_type = "text/plain";
	http_header(res, "X-Arg", "%s", (const char *)arg);
	buf_appendf(&res->body, "%d %s %s%s\n", (int)req->method,
	            req->method_text, req->path,
	            req->is_unreadable ? " unreadable" : "");
	for (size_t i = 0; i < req->query.count; i++)
		buf_appendf(&res->body, "?%s=%s\n", req->query.list[i].name,
		            req->query.list[i].value);
	buf_appendf(&res->body, "%s,%s,%s,%s,%s,%d,%d\n", req->host,
	            req->address,
	            req->authorization == NULL ? "-" : req->authorization,
	            req->cookie, req->origin == NULL ? "-" : req->origin,
	            req->is_https, req->is_loopback);
	buf_appendf(&res->body, "%lld %zu ", (long long)req->body_len, n);
	buf_append(&res->body, body, n);
}

/* A body of a file, more than one piece of it. */
#define FILE_SIZE 70000

static void
give_file(void *arg, struct req *req, struct res *res)
{
	(void)arg;
	(void)req;
	res->status = HTTP_200;
	res->file = tmpfile();
	for (int i = 0; i < FILE_SIZE; i++)
		fputc('a' + i % 26, res->file);
	rewind(res->file);
}

static fcgi_handler *handler = tell;

/* Runs one request in a child; `env` ends with NULL.  Returns its answer. */
static const char *
ask(const char *const *env, const char *body)
{
	static char answer[80000];
	int in[2], out[2], status;
	size_t n = 0;
	ssize_t part;
	pid_t pid;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(write(in[1], body, strlen(body)), strlen(body));
	close(in[1]);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static char arg[] = "given";

		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		clearenv();
		for (; *env != NULL; env++)
			putenv((char *)(uintptr_t)*env);
		fcgi_serve_cgi(handler, arg);
		_exit(0);
	}
	close(in[0]);
	close(out[1]);
	while ((part = read(out[0], answer + n, sizeof answer - 1 - n)) > 0)
		n += (size_t)part;
	answer[n] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return answer;
}

#define ASK(body, ...) ask((const char *const[]){ __VA_ARGS__, NULL }, body)

static void
a_request_is_what_the_environment_says(void **state)
{
	(void)state;
	assert_string_equal(ASK("hello, and more", "REQUEST_METHOD=POST",
	                        "REQUEST_URI=/a%20b?x=1&y=%C3%A9",
	                        "HTTP_HOST=gym.example", "HTTPS=on",
	                        "REMOTE_ADDR=192.0.2.1", "CONTENT_LENGTH=15",
	                        "HTTP_AUTHORIZATION=Bearer x",
	                        "HTTP_COOKIE=a=b",
	                        "HTTP_ORIGIN=https://gym.example"),
	                    "Status: 200 OK\r\nContent-Type: text/plain\r\n"
	                    "Content-Length: 103\r\nX-Arg: given\r\n\r\n"
	                    "1 POST /a b\n?x=1\n?y=\xc3\xa9\n"
	                    "gym.example,192.0.2.1,Bearer x,a=b,"
	                    "https://gym.example,1,0\n"
	                    "15 15 hello, and more");
}

static void
what_is_not_said_is_empty(void **state)
{
	const char *answer = ASK("", "REQUEST_METHOD=GET", "REQUEST_URI=/");

	(void)state;
	assert_non_null(strstr(answer, "\r\n\r\n0 GET /\n,,-,,-,0,0\n0 0 "));
	answer = ASK("", "REQUEST_URI=/", "CONTENT_LENGTH=");
	assert_non_null(strstr(answer, "\r\n\r\n3  /\n,,-,,-,0,0\n0 0 "));
}

static void
a_head_is_a_get_without_its_body(void **state)
{
	const char *answer = ASK("", "REQUEST_METHOD=HEAD", "REQUEST_URI=/");

	(void)state;
	assert_non_null(strstr(answer, "Status: 200 OK\r\n"));
	assert_non_null(strstr(answer, "Content-Length: 24\r\n"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void
a_file_is_sent_whole_with_its_length(void **state)
{
	const char *answer, *body;

	(void)state;
	handler = give_file;
	answer = ASK("", "REQUEST_METHOD=GET", "REQUEST_URI=/");
	assert_non_null(strstr(answer, "Content-Length: 70000\r\n"));
	body = strstr(answer, "\r\n\r\n") + 4;
	assert_int_equal(strlen(body), FILE_SIZE);
	for (int i = 0; i < FILE_SIZE; i++)
		assert_int_equal(body[i], 'a' + i % 26);
	answer = ASK("", "REQUEST_METHOD=HEAD", "REQUEST_URI=/");
	assert_non_null(strstr(answer, "Content-Length: 70000\r\n"));
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
	handler = tell;
}

static void
methods_are_told_apart(void **state)
{
	static const struct {
		const char *env, *line;
	} methods[] = {
		{ "REQUEST_METHOD=PUT", "\n2 PUT /" },
		{ "REQUEST_METHOD=DELETE", "\n3 DELETE /" },
		{ "REQUEST_METHOD=get", "\n3 get /" },
		{ "REQUEST_METHOD=", "\n3  /" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		assert_non_null(strstr(ASK("", methods[i].env,
		                           "REQUEST_URI=/"),
		                       methods[i].line));
}

/* For route.c to refuse; the path is there as it came. */
static void
an_address_that_is_none_is_told(void **state)
{
	static const char *const uris[] = {
		"", "*", "x", "/%", "/%zz", "/a%00b", "/%ff", "/?a=%2",
		"?a=1", "http://gym.example/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
		char uri[100], line[100];
		const char *answer;

		snprintf(uri, sizeof uri, "REQUEST_URI=%s", uris[i]);
		snprintf(line, sizeof line, "\r\n\r\n0 GET %.*s unreadable\n",
		         (int)strcspn(uris[i], "?"), uris[i]);
		answer = ASK("", "REQUEST_METHOD=GET", uri);
		if (strstr(answer, line) == NULL)
			fail_msg("%s: %s", uri, answer);
	}
	assert_non_null(strstr(ASK("", "OTHER=1"), "unreadable"));
}

static void
a_length_that_is_no_number_is_told(void **state)
{
	static const char *const lengths[] = {
		"CONTENT_LENGTH=-1", "CONTENT_LENGTH=x", "CONTENT_LENGTH=1x",
		"CONTENT_LENGTH=+1", "CONTENT_LENGTH= 1",
		"CONTENT_LENGTH=9223372036854775808",
		"CONTENT_LENGTH=0x10",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		const char *answer = ASK("abc", "REQUEST_METHOD=POST",
		                         "REQUEST_URI=/", lengths[i]);

		if (strstr(answer, "\n-1 0 ") == NULL)
			fail_msg("%s: %s", lengths[i], answer);
	}
}

/* The answer has ended then: nobody hears what is written behind it. */
static void
work_on(void *arg)
{
	const int *to = arg;
	bool is_over = write(STDOUT_FILENO, "late", 4) < 0;

	if (write(*to, is_over ? "y" : "n", 1) != 1)
		_exit(1);
}

static void
tell_and_work_on(void *arg, struct req *req, struct res *res)
{
	static char given[] = "given";
	int *to = arena_alloc(req->arena, sizeof *to);

	tell(given, req, res);
	*to = *(int *)arg;
	res->after = work_on;
	res->after_arg = to;	/* the request's memory still lives */
}

static void
what_comes_after_the_answer_is_done(void **state)
{
	int told[2], out[2], status;
	char is_over = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(told), 0);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		clearenv();
		fcgi_serve_cgi(tell_and_work_on, &told[1]);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(read(told[0], &is_over, 1), 1);
	assert_int_equal(is_over, 'y');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_what_the_environment_says),
		cmocka_unit_test(what_is_not_said_is_empty),
		cmocka_unit_test(a_head_is_a_get_without_its_body),
		cmocka_unit_test(a_file_is_sent_whole_with_its_length),
		cmocka_unit_test(methods_are_told_apart),
		cmocka_unit_test(an_address_that_is_none_is_told),
		cmocka_unit_test(a_length_that_is_no_number_is_told),
		cmocka_unit_test(what_comes_after_the_answer_is_done),
	};

	return cmocka_run_group_tests_name("fcgi", tests, NULL, NULL);
}
