/* view_set.c: the templates of html/, read and tied together */
#include "http/view_set.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "http/tmpl.h"

#define FILES_MAX 100		/* of pages/, and of partials/ */
#define PATH_SIZE 512

struct view_part {
	char name[VIEW_NAME_SIZE];
	struct tmpl *tmpl;
};

struct view_page {
	char name[VIEW_NAME_SIZE];
	struct tmpl *title, *body;
	struct tmpl *layout;	/* one for each page, tied to the two above */
};

/* All templates of html/, as they were read together. */
struct view_set {
	char dir[PATH_SIZE - 20];
	struct view_part parts[FILES_MAX];
	size_t part_count;
	struct view_page pages[FILES_MAX];
	size_t page_count;
};

void
view_set_destroy(struct view_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->part_count; i++)
		tmpl_destroy(set->parts[i].tmpl);
	for (size_t i = 0; i < set->page_count; i++) {
		tmpl_destroy(set->pages[i].title);
		tmpl_destroy(set->pages[i].body);
		tmpl_destroy(set->pages[i].layout);
	}
	free(set);
}

static char *
read_template(const char *path, char *error)
{
	char *text = text_read_file(path, TMPL_SIZE_MAX, NULL);

	if (text == NULL)
		snprintf(error, VIEW_ERROR_SIZE, "%s: %s", path,
		         strerror(errno));
	return text;
}

static bool
load_part(struct view_set *set, const char *name, const char *path, char *error)
{
	struct view_part *part = &set->parts[set->part_count];
	char *text = read_template(path, error);

	if (text == NULL)
		return false;
	set->part_count++;
	text_copy(part->name, sizeof part->name, name);
	part->tmpl = tmpl_parse(path, 1, text, strlen(text), error,
	                        VIEW_ERROR_SIZE);
	free(text);
	return part->tmpl != NULL;
}

/* Behind the title of a page, or NULL; counts the lines before it. */
static const char *
after_title(const char *text, int *line)
{
	static const char end[] = "</title>\n";
	const char *body = strstr(text, end);

	*line = 1;
	if (body == NULL)
		return NULL;
	body += sizeof end - 1;
	for (const char *c = text; c < body; c++)
		*line += *c == '\n';
	return body;
}

static bool
load_page(struct view_set *set, const char *name, const char *path, char *error)
{
	struct view_page *page = &set->pages[set->page_count];
	char *text = read_template(path, error);
	const char *body;
	int line;

	if (text == NULL)
		return false;
	set->page_count++;
	text_copy(page->name, sizeof page->name, name);
	body = after_title(text, &line);
	if (body == NULL) {
		snprintf(error, VIEW_ERROR_SIZE, "%s:1: no line ends with "
		         "</title>", path);
	} else {
		page->title = tmpl_parse(path, 1, text, (size_t)(body - text),
		                         error, VIEW_ERROR_SIZE);
		if (page->title != NULL)
			page->body = tmpl_parse(path, line, body, strlen(body),
			                        error, VIEW_ERROR_SIZE);
	}
	free(text);
	return page->body != NULL;
}

/* Only "word.html" is a template; editors leave other things about. */
static int
is_template(const struct dirent *file)
{
	const char *name = file->d_name;
	size_t len = strlen(name);

	return len < VIEW_NAME_SIZE && len > 5 && name[0] != '.' &&
	       strcmp(name + len - 5, ".html") == 0 &&
	       text_is_word(name, len, "_-.");
}

typedef bool load_fn(struct view_set *set, const char *name, const char *path,
                     char *error);

static bool
load_folder(struct view_set *set, const char *folder, load_fn *load_file,
            char *error)
{
	char dir[PATH_SIZE], path[PATH_SIZE + 256];
	struct dirent **files;
	int count;
	bool ok;

	snprintf(dir, sizeof dir, "%s/%s", set->dir, folder);
	count = scandir(dir, &files, is_template, alphasort);
	ok = count >= 0 && count <= FILES_MAX;
	if (count < 0)
		snprintf(error, VIEW_ERROR_SIZE, "%s: %s", dir,
		         strerror(errno));
	else if (!ok)
		snprintf(error, VIEW_ERROR_SIZE, "%s: over %d files", dir,
		         FILES_MAX);
	for (int i = 0; i < count; i++) {
		char *name = files[i]->d_name;

		snprintf(path, sizeof path, "%s/%s", dir, name);
		name[strlen(name) - 5] = '\0';
		ok = ok && load_file(set, name, path, error);
		free(files[i]);
	}
	if (count >= 0)
		free(files);
	return ok;
}

const struct tmpl *
view_set_part(const struct view_set *set, const char *name)
{
	for (size_t i = 0; i < set->part_count; i++) {
		if (strcmp(set->parts[i].name, name) == 0)
			return set->parts[i].tmpl;
	}
	return NULL;
}

const struct tmpl *
view_set_page(const struct view_set *set, const char *name)
{
	for (size_t i = 0; i < set->page_count; i++) {
		if (strcmp(set->pages[i].name, name) == 0)
			return set->pages[i].layout;
	}
	return NULL;
}

static const struct tmpl *
find_part(void *arg, const char *name)
{
	return view_set_part(arg, name);
}

/* What the layout may include besides the partials. */
struct layout_parts {
	struct view_set *set;
	const struct view_page *page;
};

static const struct tmpl *
find_layout_part(void *arg, const char *name)
{
	const struct layout_parts *parts = arg;

	if (strcmp(name, "title") == 0)
		return parts->page->title;
	if (strcmp(name, "page") == 0)
		return parts->page->body;
	return find_part(parts->set, name);
}

static bool
link_page(struct view_set *set, struct view_page *page, const char *path,
          const char *layout, char *error)
{
	struct layout_parts parts = { set, page };

	page->layout = tmpl_parse(path, 1, layout, strlen(layout), error,
	                          VIEW_ERROR_SIZE);
	return page->layout != NULL &&
	       tmpl_link(page->title, find_part, set, error, VIEW_ERROR_SIZE) &&
	       tmpl_link(page->body, find_part, set, error, VIEW_ERROR_SIZE) &&
	       tmpl_link(page->layout, find_layout_part, &parts, error,
	                 VIEW_ERROR_SIZE);
}

static bool
link_all(struct view_set *set, char *error)
{
	char path[PATH_SIZE + 20], *layout;
	bool ok = true;

	snprintf(path, sizeof path, "%s/layout.html", set->dir);
	layout = read_template(path, error);
	if (layout == NULL)
		return false;
	for (size_t i = 0; ok && i < set->part_count; i++)
		ok = tmpl_link(set->parts[i].tmpl, find_part, set, error,
		               VIEW_ERROR_SIZE);
	for (size_t i = 0; ok && i < set->page_count; i++)
		ok = link_page(set, &set->pages[i], path, layout, error);
	free(layout);
	return ok;
}

struct view_set *
view_set_load(const char *dir, char error[VIEW_ERROR_SIZE])
{
	struct view_set *set = calloc(1, sizeof *set);

	if (set == NULL)
		log_die("out of memory");
	if (!text_copy(set->dir, sizeof set->dir, dir))
		snprintf(error, VIEW_ERROR_SIZE, "%s: too long a path", dir);
	else if (load_folder(set, "partials", load_part, error) &&
	    load_folder(set, "pages", load_page, error) &&
	    link_all(set, error))
		return set;
	view_set_destroy(set);
	return NULL;
}

/* Folds size and time of a file into `stamp` (FNV-1a). */
static uint64_t
stamp_file(uint64_t stamp, const char *path)
{
	struct stat st;
	uint64_t facts[3] = { 0 };

	if (stat(path, &st) == 0) {
		facts[0] = (uint64_t)st.st_size;
		facts[1] = (uint64_t)st.st_mtim.tv_sec;
		facts[2] = (uint64_t)st.st_mtim.tv_nsec;
	}
	for (size_t i = 0; i < sizeof facts; i++)
		stamp = (stamp ^ ((unsigned char *)facts)[i]) * 0x100000001b3u;
	return stamp;
}

uint64_t
view_set_stamp(const struct view_set *set)
{
	static const char *const folders[] = { "pages", "partials" };
	char path[PATH_SIZE + VIEW_NAME_SIZE];
	uint64_t stamp = 0xcbf29ce484222325u;

	snprintf(path, sizeof path, "%s/layout.html", set->dir);
	stamp = stamp_file(stamp, path);
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", set->dir, folders[i]);
		stamp = stamp_file(stamp, path);	/* files come and go */
	}
	for (size_t i = 0; i < set->part_count; i++) {
		snprintf(path, sizeof path, "%s/partials/%s.html", set->dir,
		         set->parts[i].name);
		stamp = stamp_file(stamp, path);
	}
	for (size_t i = 0; i < set->page_count; i++) {
		snprintf(path, sizeof path, "%s/pages/%s.html", set->dir,
		         set->pages[i].name);
		stamp = stamp_file(stamp, path);
	}
	return stamp;
}
