/* alert_mail.h: mails to owners on their way, each sent once */
#ifndef ALERT_MAIL_H
#define ALERT_MAIL_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/alert_judge.h"

/*
 * A mail is claimed, committed, before it is sent, so that two runs never send
 * the same.  Whoever is killed leaves a claim behind: when it has ended, the
 * mail is taken up again, for an alert that never comes is worse than one that
 * comes twice.  It comes twice only if the kill fell between the server's
 * answer and our commit, and then with the same Message-ID (as a file: it is
 * the same file).
 */
#define ALERT_CLAIM_MS (5 * 60 * 1000)	/* MAIL_TIMEOUT_MS many times over */
/* The pause after a try that failed doubles from the one to the other. */
#define ALERT_PAUSE_LEAST_MS (60 * 1000)
#define ALERT_PAUSE_MOST_MS (60 * 60 * 1000)
#define ALERT_GIVE_UP_MS (3 * 24 * 3600 * (int64_t)1000)

/* One that is due. */
struct alert_mail {
	const char *company;
	int64_t id, tries, created_at;
	int64_t due_at;		/* once claimed: when the claim ends */
};

#define ALERT_MAILS_MAX 100	/* at a time */

/* Those that are due, of all companies. */
enum db_result alert_mail_due(struct db *db, struct arena *a, int64_t now_at,
                              struct alert_mail list[ALERT_MAILS_MAX],
                              size_t *count);
/* DB_NONE: another run has it. */
enum db_result alert_mail_claim(struct db *db, struct alert_mail *mail,
                                int64_t now_at);

/* What it tells of one event. */
struct alert_line {
	enum alert_kind kind;
	const char *terminal, *sn;
	int64_t since_at;
	int64_t well_at;	/* CLOCK_NO_TIME: it is not over */
	bool tells_begin, tells_end;	/* one of them, or both */
};

#define ALERT_LINES_MAX 400

struct alert_letter {
	const char *email, *company, *branch, *zone;
	bool has_branches;	/* else nobody sees the word */
	bool is_wanted;		/* still an owner, who has not switched it off */
	struct alert_line *lines;	/* by kind and terminal */
	size_t count;
};

enum db_result alert_mail_read(struct db *db, struct arena *a,
                               const struct alert_mail *mail,
                               struct alert_letter *out);

enum alert_outcome {
	ALERT_SENT,
	ALERT_LATER,	/* another try when the pause is over, or never more */
	ALERT_REFUSED,
	ALERT_DROPPED,	/* not wanted any more */
};

/* Keeps what became of it; `why` is one line, NULL where all went well. */
enum db_result alert_mail_settle(struct db *db, const struct alert_mail *mail,
                                 enum alert_outcome outcome, const char *why,
                                 int64_t now_at);

#endif
