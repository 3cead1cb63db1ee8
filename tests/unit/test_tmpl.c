/* test_tmpl.c: mustache as its specification says, and what must not parse */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "http/tmpl.h"

/* One template, its partial `p`, a model as JSON, and what must come out. */
struct render_case {
	const char *text;
	const char *partial;	/* {{> p}}, or NULL */
	const char *model;
	const char *want;
	unsigned missing;	/* names that the model lacks */
};

static const struct render_case renders[] = {
	/* values */
	{ "no tags", NULL, "{}", "no tags", 0 },
	{ "", NULL, "{}", "", 0 },
	{ "Hello, {{who}}!\n", NULL, "{\"who\":\"Asha\"}",
	  "Hello, Asha!\n", 0 },
	{ "{{a}}", NULL, "{\"a\":\"& \\\" ' < >\"}",
	  "&amp; &quot; &#39; &lt; &gt;", 0 },
	{ "{{a}}", NULL, "{\"a\":\"<\\u0000>\"}", "&lt;\xef\xbf\xbd&gt;", 0 },
	{ "{{a}}", NULL, "{\"a\":\"{{b}}\",\"b\":1}", "{{b}}", 0 },
	{ "{{a}}", NULL, "{\"a\":85}", "85", 0 },
	{ "{{a}}", NULL, "{\"a\":-9223372036854775807}",
	  "-9223372036854775807", 0 },
	{ "{{a}}", NULL, "{\"a\":1.5}", "1.5", 0 },
	{ "{{a}} {{b}}", NULL, "{\"a\":true,\"b\":false}", "true false", 0 },
	{ "({{a}})", NULL, "{\"a\":null}", "()", 0 },
	{ "({{a}})", NULL, "{}", "()", 1 },
	{ "({{a}}{{b}})", NULL, "{\"a\":[1],\"b\":{}}", "()", 2 },
	{ "{{ a }}{{\ta\t}}{{\na\n}}", NULL, "{\"a\":1}", "111", 0 },
	{ "  {{a}}  \n", NULL, "{\"a\":1}", "  1  \n", 0 },
	{ "{ {{a}} } }}", NULL, "{\"a\":1}", "{ 1 } }}", 0 },
	{ "{{a_b-1}}", NULL, "{\"a_b-1\":1}", "1", 0 },

	/* dotted names */
	{ "{{a.b}}", NULL, "{\"a\":{\"b\":\"x\"}}", "x", 0 },
	{ "{{a.b.c.d.e}}", NULL, "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":5}}}}}",
	  "5", 0 },
	{ "{{a.b.c}}", NULL, "{\"a\":{}}", "", 1 },
	{ "{{a.b}}", NULL, "{\"a\":{},\"b\":\"no\"}", "", 1 },
	{ "{{a.b}}", NULL, "{\"a.b\":\"no\"}", "", 1 },
	{ "{{#a}}{{b.c}}{{/a}}", NULL,
	  "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", "", 1 },
	{ "{{#a}}{{b.c}}{{/a}}", NULL, "{\"a\":{\"x\":1},\"b\":{\"c\":2}}",
	  "2", 0 },
	{ "{{#a.b}}x{{/a.b}}{{^a.c}}y{{/a.c}}", NULL,
	  "{\"a\":{\"b\":true,\"c\":false}}", "xy", 0 },

	/* sections: what is true and what is not */
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":true}", "x", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":false}", "", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":null}", "", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":\"\"}", "", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":0}", "", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":0.0}", "", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":[]}", "", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{}", "", 1 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":{}}", "x", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":\" \"}", "x", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":-1}", "x", 0 },
	{ "{{#a}}x{{/a}}", NULL, "{\"a\":[false,null]}", "xx", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{\"a\":true}", "", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{\"a\":false}", "x", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{\"a\":null}", "x", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{\"a\":[]}", "x", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{\"a\":[0]}", "", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{\"a\":{}}", "", 0 },
	{ "{{^a}}x{{/a}}", NULL, "{}", "x", 1 },

	/* sections: what is known within */
	{ "{{#a}}{{n}}{{/a}}", NULL, "{\"a\":{\"n\":\"in\"},\"n\":\"out\"}",
	  "in", 0 },
	{ "{{#a}}{{n}}{{/a}}", NULL, "{\"a\":[{\"n\":1},{\"n\":2},{}],\"n\":9}",
	  "129", 0 },
	{ "{{#a}}{{n}}{{/a}}", NULL, "{\"a\":{\"n\":null},\"n\":9}", "", 0 },
	{ "{{#a}}{{.}} is {{a}}{{/a}}", NULL, "{\"a\":\"x\"}", "x is x", 0 },
	{ "{{^a}}{{b}}{{/a}}", NULL, "{\"a\":false,\"b\":1}", "1", 0 },
	{ "{{#a}}{{#b}}{{.}}{{c}}{{/b}}{{/a}}", NULL,
	  "{\"a\":[{\"b\":[1,2],\"c\":\"x\"},{\"b\":[3],\"c\":\"y\"}]}",
	  "1x2x3y", 0 },
	{ "{{#a}}({{.}}){{/a}}", NULL, "{\"a\":[\"<\",2,null]}",
	  "(&lt;)(2)()", 0 },
	{ "{{#a}}({{#.}}{{.}}{{/.}}){{/a}}", NULL, "{\"a\":[[1,2],[\"b\"]]}",
	  "(12)(b)", 0 },
	{ "{{#.}}{{n}}{{/.}}", NULL, "[{\"n\":1},{\"n\":2}]", "12", 0 },
	{ "{{.}}", NULL, "7", "7", 0 },
	{ "{{#a}}A{{#a}}B{{/a}}C{{/a}}", NULL, "{\"a\":true}", "ABC", 0 },
	{ "{{#a}}x{{/a}} {{#a}}y{{/a}}", NULL, "{\"a\":true}", "x y", 0 },
	{ "{{# a }}={{/\ta }}", NULL, "{\"a\":true}", "=", 0 },

	/* lines that hold nothing but a tag */
	{ "|\n{{#a}}\n|\n{{/a}}\n|", NULL, "{\"a\":true}", "|\n|\n|", 0 },
	{ "|\n  {{#a}}\t\n|\n\t{{/a}}  \n|", NULL, "{\"a\":true}",
	  "|\n|\n|", 0 },
	{ "|\r\n{{^a}}\r\n{{/a}}\r\n|", NULL, "{\"a\":true}", "|\r\n|", 0 },
	{ "  {{#a}}\n#{{/a}}\n/", NULL, "{\"a\":true}", "#\n/", 0 },
	{ "#{{#a}}\n/\n  {{/a}}", NULL, "{\"a\":true}", "#\n/\n", 0 },
	{ " | {{#a}}\t|\t{{/a}} | \n", NULL, "{\"a\":true}",
	  " | \t|\t | \n", 0 },
	{ " {{#a}}YES{{/a}}\n {{#a}}GOOD{{/a}}\n", NULL, "{\"a\":true}",
	  " YES\n GOOD\n", 0 },
	{ " {{#a}} {{/a}}\n", NULL, "{\"a\":true}", "  \n", 0 },
	{ "{{#a}}{{/a}}\n", NULL, "{\"a\":true}", "\n", 0 },
	{ "{{a}}\n", NULL, "{\"a\":\"\"}", "\n", 0 },

	/* comments */
	{ "12{{! a {{ comment ! }}34", NULL, "{}", "1234", 0 },
	{ "12{{!\n one\n two\n}}34\n", NULL, "{}", "1234\n", 0 },
	{ "a\n  {{! alone }}  \nb", NULL, "{}", "a\nb", 0 },
	{ "a\n  {{!\n on\n lines\n  }}\nb\n", NULL, "{}", "a\nb\n", 0 },
	{ "  12 {{! 34 }}\n", NULL, "{}", "  12 \n", 0 },
	{ "{{! end }}", NULL, "{}", "", 0 },
	{ "{{!}}x{{!!}}", NULL, "{}", "x", 0 },

	/* partials */
	{ "\"{{> p}}\"", "from p", "{}", "\"from p\"", 0 },
	{ "{{>p}}{{> p }}", "{{a}}", "{\"a\":\"<\"}", "&lt;&lt;", 0 },
	{ "{{#a}}{{> p}},{{/a}}", "{{n}}", "{\"a\":[{\"n\":1},{\"n\":2}]}",
	  "1,2,", 0 },
	{ "{{> p}}", "{{x}}<{{#n}}{{> p}}{{/n}}>",
	  "{\"x\":\"X\",\"n\":[{\"x\":\"Y\",\"n\":[]}]}", "X<Y<>>", 0 },
	{ "\\\n  {{> p}}\n/\n", "|\n{{a}}\n|\n", "{\"a\":\"<\\n->\"}",
	  "\\\n  |\n  &lt;\n-&gt;\n  |\n/\n", 0 },
	{ "  {{a}}  {{> p}}\n", ">\n>", "{\"a\":\"|\"}", "  |  >\n>\n", 0 },
	{ "  {{> p}}\n>", ">\n>", "{}", "  >\n  >>", 0 },
	{ "|\r\n{{> p}}\r\n|", ">", "{}", "|\r\n>|", 0 },
	{ "\t{{> p}}\n", "a\n\nb\n{{#s}}\n{{t}}!\n{{/s}}\n",
	  "{\"s\":[1,2],\"t\":\"t\"}", "\ta\n\n\tb\n\tt!\n\tt!\n", 0 },
	{ " {{> p}}\n", "{{#n}}\n x\n {{> p}}\n{{/n}}\n",
	  "{\"n\":{\"n\":{\"n\":[]}}}", "  x\n   x\n", 0 },
	{ "{{> p}}", "{{gone}}", "{}", "", 1 },
};

/* What must not parse, and what is said about it. */
static const struct {
	const char *text;
	const char *error;
} errors[] = {
	{ "{{{a}}}", "t.html:1: nothing is printed unescaped here" },
	{ "x\n{{&a}}", "t.html:2: nothing is printed unescaped here" },
	{ "{{& a}}", "t.html:1: nothing is printed unescaped here" },
	{ "{{=<% %>=}}", "t.html:1: {{= is not supported" },
	{ "{{$a}}{{/a}}", "t.html:1: {{$ is not supported" },
	{ "{{<a}}{{/a}}", "t.html:1: {{< is not supported" },
	{ "a\nb\n{{a", "t.html:3: {{ is not closed" },
	{ "{{a}", "t.html:1: {{ is not closed" },
	{ "{{", "t.html:1: {{ is not closed" },
	{ "{{! no end", "t.html:1: {{ is not closed" },
	{ "{{}}", "t.html:1: '' is not a name" },
	{ "{{ }}", "t.html:1: '' is not a name" },
	{ "{{#}}x{{/}}", "t.html:1: '' is not a name" },
	{ "{{a b}}", "t.html:1: 'a b' is not a name" },
	{ "{{a|b}}", "t.html:1: 'a|b' is not a name" },
	{ "{{a..b}}", "t.html:1: 'a' is not a name" },
	{ "{{.a}}", "t.html:1: '' is not a name" },
	{ "{{a.}}", "t.html:1: 'a.' is not a name" },
	{ "{{> ../etc/passwd}}", "t.html:1: '../etc/passwd' is not a name" },
	{ "{{> .}}", "t.html:1: '.' is not a name" },
	{ "\n{{#a}}\n", "t.html:2: {{#a}} is not closed" },
	{ "{{^a.b}}", "t.html:1: {{^a.b}} is not closed" },
	{ "{{/a}}", "t.html:1: {{/a}} closes nothing" },
	{ "{{#a}}\n{{/b}}", "t.html:2: {{/b}} closes {{#a}} of line 1" },
	{ "{{#a}}{{^b}}{{/a}}{{/b}}",
	  "t.html:1: {{/a}} closes {{^b}} of line 1" },
	{ "{{!\n\n}}\n{{a b}}", "t.html:4: 'a b' is not a name" },
	{ "\xff", "t.html:1: is not UTF-8, or holds a NUL" },
};

static struct tmpl *
parse(const char *text)
{
	char error[200] = "";
	struct tmpl *t = tmpl_parse("t.html", 1, text, strlen(text), error,
	                            sizeof error);

	if (t == NULL)
		fail_msg("%s does not parse: %s", text, error);
	return t;
}

static const struct tmpl *
find_p(void *arg, const char *name)
{
	return strcmp(name, "p") == 0 ? arg : NULL;
}

static void
link_p(struct tmpl *t, struct tmpl *partial)
{
	char error[200] = "";

	if (!tmpl_link(t, find_p, partial, error, sizeof error))
		fail_msg("%s", error);
}

static void
check_render(const struct render_case *c)
{
	struct tmpl *t = parse(c->text);
	struct tmpl *p = parse(c->partial != NULL ? c->partial : "");
	struct json_object *model = json_tokener_parse(c->model);
	struct tmpl_missing missing = { 0 };
	struct buf out = BUF_INIT;

	link_p(t, p);
	link_p(p, p);
	assert_true(tmpl_render(t, model, &out, &missing));
	buf_append(&out, "", 0);
	if (strcmp(out.data, c->want) != 0 || missing.count != c->missing)
		fail_msg("%s with %s:\n[%s], %u missing, instead of\n"
		         "[%s], %u missing", c->text, c->model, out.data,
		         missing.count, c->want, c->missing);
	buf_finish(&out);
	json_object_put(model);
	tmpl_destroy(t);
	tmpl_destroy(p);
}

static void
renders_as_the_specification_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof renders / sizeof *renders; i++)
		check_render(&renders[i]);
}

static void
refuses_what_is_broken(void **state)
{
	char error[200];

	(void)state;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		const char *text = errors[i].text;

		error[0] = '\0';
		assert_null(tmpl_parse("t.html", 1, text, strlen(text), error,
		                       sizeof error));
		assert_string_equal(error, errors[i].error);
	}
}

static void
refuses_a_nul_and_too_much(void **state)
{
	static char large[TMPL_SIZE_MAX + 1];
	char error[200];

	(void)state;
	assert_null(tmpl_parse("t.html", 1, "a\0b", 3, error, sizeof error));
	assert_string_equal(error, "t.html:1: is not UTF-8, or holds a NUL");
	memset(large, 'a', sizeof large);
	assert_null(tmpl_parse("t.html", 1, large, sizeof large, error,
	                       sizeof error));
	assert_string_equal(error, "t.html:1: over 1048576 bytes");
}

/* `depth` sections, all of them {{#.}}, around an x. */
static struct tmpl *
parse_nested(int depth, char *error, size_t size)
{
	struct buf text = BUF_INIT;
	struct tmpl *t;

	for (int i = 0; i < depth; i++)
		buf_append_str(&text, "{{#.}}");
	buf_append_str(&text, "x");
	for (int i = 0; i < depth; i++)
		buf_append_str(&text, "{{/.}}");
	t = tmpl_parse("t.html", 1, text.data, text.len, error, size);
	buf_finish(&text);
	return t;
}

static void
bounds_the_nesting_of_sections(void **state)
{
	char error[200] = "";
	struct json_object *model = json_object_new_int(1);
	struct buf out = BUF_INIT;
	struct tmpl *t = parse_nested(TMPL_DEPTH_MAX - 1, error, sizeof error);

	(void)state;
	assert_non_null(t);
	assert_true(tmpl_render(t, model, &out, NULL));
	assert_string_equal(out.data, "x");
	tmpl_destroy(t);
	assert_null(parse_nested(TMPL_DEPTH_MAX + 1, error, sizeof error));
	assert_string_equal(error, "t.html:1: more than 64 sections in each "
	                    "other");
	assert_null(parse_nested(50000, error, sizeof error));
	buf_finish(&out);
	json_object_put(model);
}

/* A partial that includes itself without end, once, twice, or in a list. */
static void
stops_endless_partials(void **state)
{
	static const char *const loops[] = {
		"{{> p}}", "x{{> p}}", "{{> p}}{{> p}}",
		" \n {{> p}}\n", "{{#a}}{{> p}}{{/a}}",
	};
	struct json_object *model = json_tokener_parse("{\"a\":[1,2,3]}");

	(void)state;
	for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
		struct tmpl *t = parse(loops[i]);
		struct buf out = BUF_INIT;

		link_p(t, t);
		assert_false(tmpl_render(t, model, &out, NULL));
		buf_finish(&out);
		tmpl_destroy(t);
	}
	json_object_put(model);
}

static void
names_the_partial_that_is_not_there(void **state)
{
	struct tmpl *t = parse("a\n{{> q}}");
	struct buf out = BUF_INIT;
	char error[200];

	(void)state;
	assert_false(tmpl_link(t, find_p, NULL, error, sizeof error));
	assert_string_equal(error, "t.html:2: there is no partial 'q'");
	assert_true(tmpl_render(t, NULL, &out, NULL));
	assert_string_equal(out.data, "a\n");
	buf_finish(&out);
	tmpl_destroy(t);
}

static void
tells_the_first_name_that_is_missing(void **state)
{
	struct tmpl *t = parse("{{a}}\n{{#b}}{{c.d}}{{/b}}{{e}}");
	struct json_object *model =
		json_tokener_parse("{\"a\":1,\"b\":true}");
	struct tmpl_missing missing = { 0 };
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(tmpl_render(t, model, &out, &missing));
	assert_int_equal(missing.count, 2);
	assert_string_equal(missing.first, "t.html:2: c.d");
	assert_true(tmpl_render(t, model, &out, NULL));
	buf_finish(&out);
	json_object_put(model);
	tmpl_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renders_as_the_specification_says),
		cmocka_unit_test(refuses_what_is_broken),
		cmocka_unit_test(refuses_a_nul_and_too_much),
		cmocka_unit_test(bounds_the_nesting_of_sections),
		cmocka_unit_test(stops_endless_partials),
		cmocka_unit_test(names_the_partial_that_is_not_there),
		cmocka_unit_test(tells_the_first_name_that_is_missing),
	};

	return cmocka_run_group_tests_name("tmpl", tests, NULL, NULL);
}
