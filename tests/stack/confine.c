/* confine.c: runs a program within the system calls and sockets of its unit
 *
 *	confine AF_UNIX,AF_INET PROGRAM [ARGUMENT]...
 *
 * What systemd would do of SystemCallFilter=, RestrictAddressFamilies= and
 * MemoryDenyWriteExecute=, but for one thing: what is not allowed does not fail,
 * it kills (SIGSYS), so that nobody can get over it unseen.  calls.h is made by
 * confine.mjs from what systemd-analyze says.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define COUNT(list) (sizeof (list) / sizeof *(list))
#define LOAD(what) \
	add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, what), 0, 0)
#define EQUAL(value, yes, no) add(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define ALLOW() add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0)
#define FAIL() add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0)
#define REFUSE() add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0)

static const unsigned int calls[] = {
#include "calls.h"
};

static const struct {
	const char *name;
	unsigned int number;
} families[] = {
	{ "AF_INET", AF_INET }, { "AF_INET6", AF_INET6 },
	{ "AF_NETLINK", AF_NETLINK }, { "AF_UNIX", AF_UNIX },
};

static struct sock_filter filter[2000];
static unsigned short length;

static void
add(int code, unsigned int k, int yes, int no)
{
	filter[length++] = (struct sock_filter){ (unsigned short)code,
		(unsigned char)yes, (unsigned char)no, k };
}

/* Is a name among those with commas in between? */
static int
is_among(const char *names, const char *name)
{
	const char *at = strstr(names, name);
	size_t len = strlen(name);

	while (at != NULL && at[len] != '\0' && at[len] != ',')
		at = strstr(at + len, name);
	return at != NULL;
}

static void
allow_sockets(const char *names)
{
	unsigned short head = length;

	EQUAL(__NR_socket, 0, 0);
	LOAD(args[0]);
	for (size_t i = 0; i < COUNT(families); i++) {
		if (!is_among(names, families[i].name))
			continue;
		EQUAL(families[i].number, 0, 1);
		ALLOW();
	}
	REFUSE();
	filter[head].jf = (unsigned char)(length - head - 1);
}

/* The call `number`, unless its third argument has all the bits of `rights`. */
static void
allow_memory(unsigned int number, unsigned int rights)
{
	EQUAL(number, 0, 5);
	LOAD(args[2]);
	add(BPF_ALU | BPF_AND | BPF_K, rights, 0, 0);
	EQUAL(rights, 0, 1);
	REFUSE();
	ALLOW();
}

static int
confine(const char *names)
{
	struct sock_fprog program = { .filter = filter };

	LOAD(arch);
	EQUAL(ARCH, 1, 0);
	REFUSE();
	LOAD(nr);
	allow_sockets(names);
	allow_memory(__NR_mmap, PROT_WRITE | PROT_EXEC);
	allow_memory(__NR_mprotect, PROT_EXEC);
	for (size_t i = 0; i < COUNT(calls); i++) {
		EQUAL(calls[i], 0, 1);
		ALLOW();
	}
	/* libnuma, which libgd brings along, tries it once and needs it not */
	EQUAL(__NR_set_mempolicy, 0, 1);
	FAIL();
	REFUSE();
	program.len = length;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ? -1
		: prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: confine FAMILIES PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	if (confine(argv[1]) != 0) {
		perror("confine");
		return 77;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
