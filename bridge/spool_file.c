/* spool_file.c: the files of a spool: its lock, its damaged predecessors */
#include "spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define MAGIC "SQLite format 3"	/* with its NUL the first 16 bytes */

char *
spool_file_path(const char *path, const char *suffix)
{
	struct buf out = BUF_INIT;

	buf_appendf(&out, "%s%s", path, suffix);
	return buf_steal(&out);
}

static bool
is_there(const char *path, const char *suffix)
{
	char *file = spool_file_path(path, suffix);
	bool there = access(file, F_OK) == 0;

	free(file);
	return there;
}

bool
spool_file_move(const char *path, const char *from, const char *to)
{
	char *old = spool_file_path(path, from);
	char *new = spool_file_path(path, to);
	bool ok = rename(old, new) == 0 || errno == ENOENT;

	free(old);
	free(new);
	return ok;
}

void
spool_file_discard(const char *path, const char *suffix)
{
	char *file = spool_file_path(path, suffix);

	unlink(file);
	free(file);
}

void
spool_file_mark(const char *path)
{
	char *file = spool_file_path(path, ".damage");
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	free(file);
}

bool
spool_file_is_marked(const char *path)
{
	return is_there(path, ".damage");
}

int
spool_file_denied(const char *path)
{
	return access(path, W_OK) == 0 ? 0 : errno;
}

int
spool_file_trouble(const char *path)
{
	char *file = spool_file_path(path, ".try");
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int why = fd < 0 ? errno : 0;

	if (fd >= 0) {
		close(fd);
		unlink(file);
	}
	free(file);
	return why;
}

enum spool_fault
spool_file_claim(const char *path, int *fd, char *error, size_t size)
{
	char *lock = spool_file_path(path, ".lock");
	enum spool_fault fault = SPOOL_FINE;

	umask(0077);	/* SQLite's own files, too */
	*fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0) {
		snprintf(error, size, "%s: unable to open its lock file: %s",
		         path, strerror(errno));
		fault = errno == ENOSPC || errno == EROFS ? SPOOL_UNWRITABLE
			: SPOOL_UNUSABLE;
	} else if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		snprintf(error, size,
		         "another gymgate-bridge uses the spool %s", path);
		fault = SPOOL_TAKEN;
	}
	free(lock);
	return fault;
}

void
spool_file_release(int fd)
{
	if (fd >= 0)
		close(fd);
}

bool
spool_file_is_foreign(const char *path)
{
	char head[16] = "";
	FILE *f = is_there(path, ".lock") ? NULL : fopen(path, "re");
	size_t len = f == NULL ? 0 : fread(head, 1, sizeof head, f);

	if (f != NULL)
		fclose(f);
	return len > 0 && memcmp(head, MAGIC, sizeof MAGIC) != 0;
}

/*
 * Log first: one that stayed would be taken for that of the new file.  A power
 * cut in between is gone on from at the next start, for PATH.salvaged is there.
 */
bool
spool_file_replace(const char *path)
{
	char aside[64], log[70], when[CLOCK_TEXT_SIZE];

	if (!is_there(path, ".salvaged"))
		return true;
	clock_format(clock_now_ms() / 1000, when);
	when[10] = 'T';
	snprintf(aside, sizeof aside, ".damaged-%sZ", when);
	snprintf(log, sizeof log, "%s-wal", aside);
	spool_file_discard(path, "-shm");
	if (!spool_file_move(path, "-wal", log) ||
	    !spool_file_move(path, "", aside) ||
	    !spool_file_move(path, ".salvaged", ""))
		return false;
	spool_file_discard(path, ".damage");
	log_warn("%s was damaged; what could be saved is in a new one, and "
	         "the old one is kept as %s%s", path, path, aside);
	return true;
}
