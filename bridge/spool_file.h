/* spool_file.h: the files of a spool: its lock, its damaged predecessors */
#ifndef SPOOL_FILE_H
#define SPOOL_FILE_H

#include "spool.h"

/* PATH with a suffix; the caller frees it. */
char *spool_file_path(const char *path, const char *suffix);

/* Renames PATH`from` to PATH`to`; one that is not there is fine. */
bool spool_file_move(const char *path, const char *from, const char *to);

/* Removes PATH with a suffix, if it is there. */
void spool_file_discard(const char *path, const char *suffix);

/*
 * Holds PATH.lock for this process; `fd` is for spool_file_release(), which
 * takes -1, too.  From then on what this process makes is for its account alone.
 * SPOOL_FINE, or what is wrong with a line in `error`.
 */
enum spool_fault spool_file_claim(const char *path, int *fd, char *error,
                                  size_t size);

void spool_file_release(int fd);

/* Why the file cannot be written to, as its rights go: an errno, or 0. */
int spool_file_denied(const char *path);
/* Why no file can be made beside it: an errno, or 0.  Tries. */
int spool_file_trouble(const char *path);

/* A file that no bridge ever had, and that is none of SQLite's. */
bool spool_file_is_foreign(const char *path);

/*
 * PATH.damage: the file is damaged, whatever a check says of it.  Left as well
 * as can be, and gone when a mended file has taken the place.
 */
void spool_file_mark(const char *path);
bool spool_file_is_marked(const char *path);

/*
 * Where a mended file waits as PATH.salvaged, the damaged one goes aside as
 * PATH.damaged-TIME and the mended one takes its place.  False: not now.
 */
bool spool_file_replace(const char *path);

#endif
