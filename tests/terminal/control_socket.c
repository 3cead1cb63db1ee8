/* control_socket.c: the two ends of the socket that takes orders */
#include "tests/terminal/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MOST 4096

static bool
fill_address(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	if (text_copy(address->sun_path, sizeof address->sun_path, path))
		return true;
	errno = ENAMETOOLONG;
	return false;
}

int
fake_control_listen(const char *path)
{
	struct sockaddr_un address;
	int fd;

	if (!fill_address(&address, path))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	unlink(path);	/* of one that was killed */
	if (bind(fd, (void *)&address, sizeof address) == 0 &&
	    listen(fd, 16) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un address;
	int fd;

	if (!fill_address(&address, path))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (void *)&address, sizeof address) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

bool
fake_control_send(const char *path, const char *order)
{
	int fd = connect_to(path);
	struct buf text = BUF_INIT;
	char bytes[1024];
	ssize_t n = -1;
	bool fine;

	if (fd < 0) {
		fprintf(stderr, "zk-terminal: %s: %s\n", path, strerror(errno));
		return false;
	}
	buf_appendf(&text, "%s\n", order);
	if (send(fd, text.data, text.len, MSG_NOSIGNAL) == (ssize_t)text.len) {
		buf_reset(&text);
		while (strchr(text.len > 0 ? text.data : "", '\n') == NULL &&
		       (n = recv(fd, bytes, sizeof bytes, 0)) > 0)
			buf_append(&text, bytes, (size_t)n);
	}
	fine = n > 0 && text_after(text.data, "ok") != NULL;
	if (n > 0)
		fputs(text.data, stdout);
	else
		fprintf(stderr, "zk-terminal: %s: no answer\n", path);
	buf_finish(&text);
	close(fd);
	return fine;
}

/* ---- the terminal's end --------------------------------------------------*/

void
fake_orders_finish(struct fake_orders *c)
{
	if (c->fd >= 0)
		close(c->fd);
	buf_finish(&c->in);
	buf_finish(&c->out);
	c->fd = -1;
}

bool
fake_orders_step(struct fake_orders *c, struct fake_terminal *t)
{
	char bytes[LINE_MOST], *end;
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	buf_append(&c->in, bytes, n > 0 ? (size_t)n : 0);
	while ((end = memchr(c->in.data, '\n', c->in.len)) != NULL) {
		*end = '\0';
		fake_control_run(t, c->in.data, &c->out);
		buf_consume(&c->in, (size_t)(end + 1 - c->in.data));
	}
	if (c->in.len > LINE_MOST)
		return false;
	n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);
	if (n < 0)
		return false;	/* who never reads gets nothing more */
	buf_consume(&c->out, (size_t)n);
	return true;
}
