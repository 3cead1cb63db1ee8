/* ceiling.c: the least that a worker can do, to hold Gymgate against
 *
 *	ceiling SOCKET WORKERS
 *	ceiling SOCKET WORKERS DATABASE_SOCKET SCHEMA USER
 *
 * Minimal workers on libfcgi: with a fixed answer (ceiling F), or one durable
 * row stored before it (ceiling D), in the table bench_ceiling, which has the
 * keys of trn_member_attendances; MYSQL_PWD is the password.  They end with
 * their parent.
 */
#include <fcgiapp.h>
#include <mysql.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define BACKLOG 1024
#define FIRST 10001		/* as in seed.mjs and load.lua */
#define MEMBERS 10000
#define ANSWER "Content-Type: application/json\r\n\r\n" \
	"{\"status\":true,\"access\":\"ALLOWED\"}"
#define INSERT "INSERT INTO bench_ceiling (att_compcode, att_branch_id, " \
	"att_member_id, att_device_user_id, att_device_sn, att_punch_time, " \
	"att_status, att_is_late, att_received_at) VALUES ('SF', 1, ?, ?, " \
	"'CRT5200-SN001', '2021-01-01' + INTERVAL ? MINUTE, 'ALLOWED', 1, " \
	"UTC_TIMESTAMP(3))"

/* How many rows there have been, in all workers. */
static atomic_llong *stored;

static void
die(const char *what)
{
	fprintf(stderr, "ceiling: %s\n", what);
	exit(1);
}

static MYSQL_STMT *
prepare(char **database)
{
	MYSQL *mysql = mysql_init(NULL);
	MYSQL_STMT *st;

	if (mysql_real_connect(mysql, NULL, database[2], getenv("MYSQL_PWD"),
	                       database[1], 0, database[0], 0) == NULL)
		die(mysql_error(mysql));
	st = mysql_stmt_init(mysql);
	if (st == NULL || mysql_stmt_prepare(st, INSERT, strlen(INSERT)) != 0)
		die(mysql_error(mysql));
	return st;
}

/* Every member once a minute, minute after minute: as load.lua punches. */
static void
insert(MYSQL_STMT *st)
{
	long long n = atomic_fetch_add(stored, 1);
	long long values[] = { FIRST + n % MEMBERS, FIRST + n % MEMBERS,
		               n / MEMBERS };
	MYSQL_BIND in[3];

	memset(in, 0, sizeof in);
	for (int i = 0; i < 3; i++) {
		in[i].buffer_type = MYSQL_TYPE_LONGLONG;
		in[i].buffer = &values[i];
	}
	if (mysql_stmt_bind_param(st, in) != 0 || mysql_stmt_execute(st) != 0)
		die(mysql_stmt_error(st));
}

static void
work(int fd, char **database)
{
	MYSQL_STMT *st = database == NULL ? NULL : prepare(database);
	FCGX_Request request;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	FCGX_InitRequest(&request, fd, 0);
	while (FCGX_Accept_r(&request) == 0) {
		if (st != NULL)
			insert(st);
		FCGX_PutS(ANSWER, request.out);
		FCGX_Finish_r(&request);
	}
}

int
main(int argc, char **argv)
{
	int workers = argc > 2 ? atoi(argv[2]) : 0, fd;

	if (workers < 1 || (argc != 3 && argc != 6))
		die("SOCKET WORKERS [DATABASE_SOCKET SCHEMA USER]");
	stored = mmap(NULL, sizeof *stored, PROT_READ | PROT_WRITE,
	              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	FCGX_Init();
	unlink(argv[1]);
	fd = FCGX_OpenSocket(argv[1], BACKLOG);
	if (stored == MAP_FAILED || fd < 0)
		die("cannot begin");
	for (int i = 0; i < workers; i++) {
		if (fork() == 0) {
			work(fd, argc == 6 ? argv + 3 : NULL);
			return 1;
		}
	}
	pause();
	return 0;
}
