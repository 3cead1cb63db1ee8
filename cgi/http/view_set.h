/* view_set.h: the templates of html/, read and tied together */
#ifndef VIEW_SET_H
#define VIEW_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmpl;
struct view_set;

#define VIEW_NAME_SIZE 40	/* of a page or a partial, with the NUL */
#define VIEW_ERROR_SIZE 700

/*
 * Reads the templates of the folder `dir`.  NULL, with one line in `error`,
 * when one is missing or broken.  Caller frees with view_set_destroy().
 */
struct view_set *view_set_load(const char *dir, char error[VIEW_ERROR_SIZE]);
void view_set_destroy(struct view_set *set);

/* A page within its layout, or a partial; NULL when there is none. */
const struct tmpl *view_set_page(const struct view_set *set, const char *name);
const struct tmpl *view_set_part(const struct view_set *set, const char *name);

/* A number that changes when a file of the set does, or one comes or goes. */
uint64_t view_set_stamp(const struct view_set *set);

#endif
