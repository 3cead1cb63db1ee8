/* fetch.c: one HTTP(S) request or letter, one deadline, an outcome */
#include "base/fetch.h"

#include <ctype.h>
#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define USER_AGENT "gymgate/" GYMGATE_VERSION
#define POLL_MS 1000

struct fetch {
	CURLM *multi;	/* owns the connections */
	CURL *easy;
	atomic_bool aborted;
	char error[CURL_ERROR_SIZE];
};

static const char *const outcome_words[FETCH__COUNT] = {
	[FETCH_ANSWERED] = "answered",
	[FETCH_NO_HOST] = "the server's name is not known",
	[FETCH_NO_CONNECTION] = "no connection",
	[FETCH_TIMEOUT] = "no answer in time",
	[FETCH_TLS] = "no safe connection (TLS)",
	[FETCH_TOO_LARGE] = "the answer is too long",
	[FETCH_ABORTED] = "given up",
	[FETCH_STOPPED] = "no more was wanted",
	[FETCH_DENIED] = "user or password refused",
	[FETCH_NO_ADDRESS] = "the address was refused",
	[FETCH_BROKEN] = "the connection failed",
};

static const struct {
	CURLcode code;
	enum fetch_outcome outcome;
} outcomes[] = {
	{ CURLE_OK, FETCH_ANSWERED },
	{ CURLE_COULDNT_RESOLVE_HOST, FETCH_NO_HOST },
	{ CURLE_COULDNT_RESOLVE_PROXY, FETCH_NO_HOST },
	{ CURLE_COULDNT_CONNECT, FETCH_NO_CONNECTION },
	{ CURLE_LOGIN_DENIED, FETCH_DENIED },
	{ CURLE_OPERATION_TIMEDOUT, FETCH_TIMEOUT },
	{ CURLE_PEER_FAILED_VERIFICATION, FETCH_TLS },
	{ CURLE_SSL_CACERT_BADFILE, FETCH_TLS },
	{ CURLE_SSL_CERTPROBLEM, FETCH_TLS },
	{ CURLE_SSL_CIPHER, FETCH_TLS },
	{ CURLE_SSL_CONNECT_ERROR, FETCH_TLS },
	{ CURLE_SSL_ISSUER_ERROR, FETCH_TLS },
	{ CURLE_USE_SSL_FAILED, FETCH_TLS },
	{ CURLE_WRITE_ERROR, FETCH_TOO_LARGE },
};

static void
start_curl(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		log_die("libcurl does not start");
}

struct fetch *
fetch_create(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct fetch *f = calloc(1, sizeof *f);

	pthread_once(&once, start_curl);
	if (f == NULL || (f->multi = curl_multi_init()) == NULL ||
	    (f->easy = curl_easy_init()) == NULL)
		log_die("out of memory");
	atomic_init(&f->aborted, false);
	return f;
}

void
fetch_destroy(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->easy);
	curl_multi_cleanup(f->multi);
	free(f);
}

/* ---- what comes in ------------------------------------------------------ */

/* One request on its way. */
struct transfer {
	struct fetch *f;
	const struct fetch_request *r;
	struct fetch_answer *a;
	int64_t deadline;	/* by clock_mono_ms; INT64_MAX: libcurl's own */
	bool streams;		/* the body goes to the sink */
	bool stopped;		/* by it */
};

/* "Text/HTML; charset=utf-8" is text/html. */
static void
copy_type(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; from != NULL && from[n] != '\0' && from[n] != ';' &&
	       !isspace((unsigned char)from[n]) && n + 1 < size; n++)
		to[n] = (char)tolower((unsigned char)from[n]);
	to[n] = '\0';
}

/*
 * Of an empty one libcurl tells the line's end; sent back, it would end our own
 * headers.  libcurls before 7.83 cannot be asked: then nothing is known of it.
 */
static void
read_etag(struct fetch *f, struct fetch_answer *a)
{
#if LIBCURL_VERSION_NUM >= 0x075300
	struct curl_header *header;

	if (curl_easy_header(f->easy, "ETag", 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK || !text_copy(a->etag, sizeof a->etag, header->value))
		return;
	for (const char *c = a->etag; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			a->etag[0] = '\0';
			break;
		}
	}
#else
	(void)f;
	(void)a;
#endif
}

static void
read_answer(struct fetch *f, struct fetch_answer *a)
{
	long status = 0;
	const char *type = NULL;
	curl_off_t retry_after = 0;

	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &retry_after);
	/* of "HTTP/2 02222..." libcurl makes any number */
	a->status = status >= 100 && status <= 999 ? (int)status : 0;
	a->retry_after_s = retry_after < 0 ? 0 :
		retry_after > INT_MAX ? INT_MAX : (int)retry_after;
	copy_type(a->type, sizeof a->type, type);
	read_etag(f, a);
}

static void
expect_more(struct transfer *t)
{
	t->deadline = t->r->idle_ms == 0 ? INT64_MAX :
		clock_mono_ms() + t->r->idle_ms;
}

/* libcurl's, a call a line; the empty one is the last before the body. */
static size_t
take_header(char *line, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	long status = 0;

	curl_easy_getinfo(t->f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200 && size * count > 0 &&
	    (line[0] == '\r' || line[0] == '\n')) {
		read_answer(t->f, t->a);
		t->streams = true;
		expect_more(t);
	}
	return size * count;
}

/* libcurl's: taking less than was offered ends the transfer. */
static size_t
take_body(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * count;

	if (t->streams) {
		t->stopped = len > 0 &&
			!t->r->sink(t->r->sink_arg, data, len);
		expect_more(t);
		return t->stopped ? 0 : len;
	}
	if (len > t->r->most_bytes - t->a->body.len)
		return 0;
	buf_append(&t->a->body, data, len);
	return len;
}

/* ---- what goes out ------------------------------------------------------ */

static struct curl_slist *
add_header(struct curl_slist *list, const char *name, const char *value)
{
	struct buf line = BUF_INIT;
	struct curl_slist *longer;

	buf_appendf(&line, "%s%s", name, value);
	longer = curl_slist_append(list, line.data);
	if (longer == NULL)
		log_die("out of memory");
	buf_finish(&line);
	return longer;
}

static struct curl_slist *
make_headers(const struct fetch_request *r)
{
	/* an Expect of 100 would cost a round trip */
	struct curl_slist *list = add_header(NULL, "Expect:", "");

	if (r->bearer != NULL)
		list = add_header(list, "Authorization: Bearer ", r->bearer);
	if (r->type != NULL)
		list = add_header(list, "Content-Type: ", r->type);
	for (size_t i = 0; r->headers != NULL && r->headers[i] != NULL; i++)
		list = add_header(list, r->headers[i], "");
	return list;
}

static void
set_limits(struct transfer *t)
{
	CURL *c = t->f->easy;
	long timeout_ms = t->r->timeout_ms;

	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	if (t->r->sink == NULL) {
		curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, timeout_ms);
		return;
	}
	/* libcurl knows no time for headers alone, and silence by the second */
	t->deadline = clock_mono_ms() + timeout_ms;
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

/* What every transfer begins with. */
static CURL *
begin(struct fetch *f, const char *url, const char *protocols,
      long old_protocols, const char *ca_file, struct fetch_answer *a)
{
	CURL *c = f->easy;

	buf_reset(&a->body);
	a->status = a->retry_after_s = 0;
	a->is_sent = false;
	a->etag[0] = a->type[0] = a->words[0] = f->error[0] = '\0';
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->error);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	if (ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, ca_file);
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)old_protocols;
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
#else
	(void)protocols;
	curl_easy_setopt(c, CURLOPT_PROTOCOLS, old_protocols);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	/* a name server that does not answer must not hold up the end */
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
#endif
	return c;
}

static void
set_request(CURL *c, const struct fetch_request *r, struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, USER_AGENT);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)r->once);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, (long)r->once);
	if (r->once)	/* what HTTP/2 refuses, libcurl sends again */
		curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
		                 (long)CURL_HTTP_VERSION_1_1);
	if (r->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)r->len);
	}
}

/* ---- one request -------------------------------------------------------- */

static enum fetch_outcome
name_outcome(CURLcode result)
{
	for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
		if (outcomes[i].code == result)
			return outcomes[i].outcome;
	}
	return FETCH_BROKEN;
}

/* The result of a transfer that runs no more. */
static enum fetch_outcome
read_outcome(struct transfer *t)
{
	CURLcode result = CURLE_RECV_ERROR;
	struct CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(t->f->multi, &left)) != NULL) {
		if (message->msg == CURLMSG_DONE)
			result = message->data.result;
	}
	return t->stopped ? FETCH_STOPPED : name_outcome(result);
}

/* Runs the transfer that was added. */
static enum fetch_outcome
run(struct transfer *t)
{
	CURLM *multi = t->f->multi;
	int running = 1;

	for (;;) {
		int left_ms;

		if (atomic_load(&t->f->aborted))
			return FETCH_ABORTED;
		if (curl_multi_perform(multi, &running) != CURLM_OK ||
		    running == 0)
			return read_outcome(t);
		left_ms = clock_left_ms(t->deadline);
		if (left_ms == 0)
			return FETCH_TIMEOUT;
		curl_multi_poll(multi, NULL, 0,
		                left_ms < POLL_MS ? left_ms : POLL_MS, NULL);
	}
}

/* What a transfer that failed is told as. */
static void
explain(const struct transfer *t, char *words, size_t size)
{
	const char *more = t->f->error;

	if (t->a->outcome == FETCH_STOPPED)
		more = "";	/* libcurl's talk of a failed write */
	else if (t->a->outcome == FETCH_TIMEOUT && t->streams)
		more = "it fell silent";
	snprintf(words, size, "%s%s%s", outcome_words[t->a->outcome],
	         more[0] == '\0' ? "" : ": ", more);
}

/* libcurl counts what it has written of a request, over TLS too. */
static bool
has_sent(struct fetch *f)
{
	long bytes = 0;

	return curl_easy_getinfo(f->easy, CURLINFO_REQUEST_SIZE, &bytes) !=
		CURLE_OK || bytes > 0;
}

/* Runs what was set; its outcome, and words where it failed. */
static void
finish(struct transfer *t)
{
	curl_multi_add_handle(t->f->multi, t->f->easy);
	t->a->outcome = run(t);
	t->a->is_sent = has_sent(t->f);
	if (t->a->outcome == FETCH_ANSWERED)
		read_answer(t->f, t->a);
	else
		explain(t, t->a->words, sizeof t->a->words);
	curl_multi_remove_handle(t->f->multi, t->f->easy);
}

enum fetch_outcome
fetch_do(struct fetch *f, const struct fetch_request *r,
         struct fetch_answer *a)
{
	struct transfer t = { .f = f, .r = r, .a = a, .deadline = INT64_MAX };
	struct curl_slist *headers = make_headers(r);
	CURL *c = begin(f, r->url, "http,https",
	                CURLPROTO_HTTP | CURLPROTO_HTTPS, r->ca_file, a);

	set_request(c, r, headers);
	set_limits(&t);
	finish(&t);
	curl_slist_free_all(headers);
	return a->outcome;
}

/* ---- a letter ----------------------------------------------------------- */

struct letter {
	const char *text;	/* what is left of it */
	size_t len;
	char reply[200];	/* the server's last one that refuses */
};

/* libcurl's: the next bytes of what goes out. */
static size_t
give_letter(char *to, size_t size, size_t count, void *arg)
{
	struct letter *l = arg;
	size_t len = size * count < l->len ? size * count : l->len;

	memcpy(to, l->text, len);
	l->text += len;
	l->len -= len;
	return len;
}

/* libcurl's, a line of a reply a call; what cannot be printed is a '?'. */
static size_t
take_reply(char *line, size_t size, size_t count, void *arg)
{
	struct letter *l = arg;
	size_t n = 0;

	if (size * count == 0 || (line[0] != '4' && line[0] != '5'))
		return size * count;
	for (; n < size * count && n + 1 < sizeof l->reply &&
	       line[n] != '\r' && line[n] != '\n'; n++)
		l->reply[n] = line[n] >= ' ' && line[n] <= '~' ? line[n] : '?';
	l->reply[n] = '\0';
	return size * count;
}

static void
set_letter(CURL *c, const struct fetch_letter *l, struct letter *state,
           struct curl_slist *to)
{
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)l->timeout_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)l->timeout_ms);
	curl_easy_setopt(c, CURLOPT_USE_SSL,
	                 (long)(l->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (*l->user != '\0') {
		curl_easy_setopt(c, CURLOPT_USERNAME, l->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, l->password);
	}
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, l->from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, give_letter);
	curl_easy_setopt(c, CURLOPT_READDATA, state);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_reply);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, state);
}

/*
 * Was it the address that was refused, for good?  A server that takes no mail
 * from us may say so there, too (RFC 3463: x.7.x is its policy).
 */
static bool
is_no_address(const struct fetch *f, const struct letter *l)
{
	return l->reply[0] == '5' && strncmp(l->reply + 4, "5.7.", 4) != 0 &&
		strncmp(f->error, "RCPT failed", 11) == 0;
}

enum fetch_outcome
fetch_mail(struct fetch *f, const struct fetch_letter *l,
           struct fetch_answer *a)
{
	struct transfer t = { .f = f, .a = a, .deadline = INT64_MAX };
	struct letter state = { .text = l->text, .len = l->len };
	struct curl_slist *to = add_header(NULL, l->to, "");
	CURL *c = begin(f, l->url, "smtp,smtps",
	                CURLPROTO_SMTP | CURLPROTO_SMTPS, l->ca_file, a);

	set_letter(c, l, &state, to);
	finish(&t);
	read_answer(f, a);
	if (a->outcome == FETCH_BROKEN && a->status >= 400) {
		snprintf(a->words, sizeof a->words, "the server refused: %s",
		         state.reply);
		if (is_no_address(f, &state))
			a->outcome = FETCH_NO_ADDRESS;
	}
	curl_slist_free_all(to);
	return a->outcome;
}

void
fetch_abort(struct fetch *f)
{
	atomic_store(&f->aborted, true);
	curl_multi_wakeup(f->multi);
}

void
fetch_answer_finish(struct fetch_answer *a)
{
	buf_finish(&a->body);
	*a = (struct fetch_answer)FETCH_ANSWER_INIT;
}
