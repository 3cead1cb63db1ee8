/* message_pause.c: why the service takes no messages, and what to do */
#include "pages/message_pause.h"

#include <inttypes.h>

#include "base/clock.h"
#include "pages/present.h"

/* Both ends included. */
static const struct {
	int64_t first, last;
	const char *todo;
} errors[] = {
	{ 0, 0, "The key to the gym's number is wrong. Ask who runs this "
	  "site to enter a new one, then go on." },
	{ 190, 190, "The key to the gym's number has run out. Ask who runs "
	  "this site to enter a new one, then go on." },
	{ 3, 299, "WhatsApp does not let this number send. See in WhatsApp "
	  "Manager if something is left to confirm or to pay there, then "
	  "go on." },
	{ 368, 368, "WhatsApp has locked the account for a while. See in "
	  "WhatsApp Manager what it asks for, then go on." },
	{ 131031, 131031, "WhatsApp has locked the account. See in WhatsApp "
	  "Manager what it asks for, then go on." },
	{ 131048, 131048, "Too many people have blocked or reported the "
	  "messages. Send fewer, and go on when WhatsApp Manager shows a "
	  "better quality of the number." },
	{ 132000, 132000, "The template has another number of parameters. "
	  "Compare it with the one on this reminder's page, mend one of "
	  "them, and save." },
	{ 132001, 132001, "WhatsApp has no approved template of this name "
	  "and language. Add it in WhatsApp Manager, or correct name and "
	  "language of the reminder; save it when it is approved." },
	{ 132012, 132012, "The parameters of the template are of another "
	  "kind. Compare it with the one on this reminder's page, mend one "
	  "of them, and save." },
	{ 132015, 132015, "WhatsApp has paused the template, because people "
	  "did not like it. Improve its words in WhatsApp Manager, and save "
	  "the reminder when it is active again." },
	{ 132016, 132016, "WhatsApp has switched the template off for good. "
	  "Add another in WhatsApp Manager, enter its name at the "
	  "reminder, and save." },
};

const char *
message_pause_todo(int64_t code)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (code >= errors[i].first && code <= errors[i].last)
			return errors[i].todo;
	}
	return "See in WhatsApp Manager what is wrong, then go on.";
}

void
message_pause_present(struct req *req, json_object *model, const char *name,
                      int64_t paused_at, int64_t code, const char *words,
                      const char *zone)
{
	json_object *pause = NULL;

	if (paused_at != CLOCK_NO_TIME) {
		pause = json_object_new_object();
		present_instant(pause, "since_text", paused_at, zone);
		present_str(pause, "code_text", arena_printf(req->arena,
			"%" PRId64, code));
		present_str(pause, "words_text", words);
		present_str(pause, "todo_text", message_pause_todo(code));
	}
	json_object_object_add(model, name, pause);
}
