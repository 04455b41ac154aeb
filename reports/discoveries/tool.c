/*
 * For the reproducers in this folder: what a shell cannot do.
 *
 *   tool pin NODE START END   takes a page of the node whose physical address is in [START, END),
 *                             says its address, and holds it by a pipe until it is killed, so that
 *                             the kernel can neither free nor migrate it
 *   tool write FILE WORD      one write(2); says what it returned, and after how long. SIGINT
 *                             interrupts it (no SA_RESTART)
 *
 *   cc -O2 -static -o tool tool.c
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, CHUNKS = 1 << 10, PREFERRED = 1 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void interrupted(int sig)
{
	(void)sig;
}

static int one_write(const char *file, const char *word)
{
	struct sigaction act = { .sa_handler = interrupted };
	int fd = open(file, O_WRONLY);
	double begin;
	ssize_t ret;

	sigaction(SIGINT, &act, NULL);
	if (fd < 0) {
		perror(file);
		return 2;
	}
	begin = now();
	errno = 0;
	ret = write(fd, word, strlen(word));
	printf("write %s to %s: %zd, %s, after %.3f s\n", word, file, ret,
	       ret < 0 ? strerrorname_np(errno) : "ok", now() - begin);
	return ret < 0;
}

/* The physical address of a page of ours. */
static uint64_t address(int pagemap, const char *page, long size)
{
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)page / size * 8) != 8)
		return 0;
	return (entry & ((1ULL << 55) - 1)) * size;
}

static int pin(int node, uint64_t start, uint64_t end)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY), ends[2], i;
	unsigned long mask[16] = { 0 };
	long size = sysconf(_SC_PAGESIZE);

	mask[node / 64] = 1UL << node % 64;
	if (pagemap < 0 || pipe(ends)) {
		perror("pagemap or pipe");
		return 2;
	}
	/* What does not fit is kept, so that the next lies elsewhere. */
	for (i = 0; i < CHUNKS; i++) {
		char *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		long at;

		if (p == MAP_FAILED ||
		    syscall(SYS_mbind, p, (long)CHUNK, PREFERRED, mask, 1024L, 0))
			break;
		for (at = 0; at < CHUNK; at += size) {
			struct iovec page = { p + at, size };
			uint64_t where;

			p[at] = 1;
			where = address(pagemap, p + at, size);
			if (where < start || where >= end)
				continue;
			if (vmsplice(ends[1], &page, 1, 0) != size)
				break;
			printf("pinned %#llx\n", (unsigned long long)where);
			fflush(stdout);
			/* Lets all memory go but what is in the pipe. */
			execl("/proc/self/exe", "tool", "hold", NULL);
			return 2;
		}
	}
	fprintf(stderr, "no page of node %d there\n", node);
	return 1;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "hold"))
		for (;;)
			pause();
	if (argc == 4 && !strcmp(argv[1], "write"))
		return one_write(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "pin"))
		return pin(atoi(argv[2]), strtoull(argv[3], NULL, 0),
			   strtoull(argv[4], NULL, 0));
	fprintf(stderr, "usage: tool pin NODE START END | tool write FILE WORD\n");
	return 2;
}
