// SPDX-License-Identifier: Apache-2.0
// Time, limits, and files of sysfs and procfs.
#include "agent.h"

int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

volatile sig_atomic_t alarmed;

void on_alarm(int s)
{
	(void)s;
	alarmed = 1;
}

void on_restart(int s)
{
	(void)s;
}

// Without SA_RESTART: the signal is to end a system call with EINTR.
void handle(int s, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	sigaction(s, &action, NULL);
}

// From `ms` on, SIGALRM comes again and again: one that falls just before a system call is no harm.
void arm(uint64_t ms)
{
	struct itimerval t = {.it_interval = {.tv_usec = ms ? TICK_MS * 1000 : 0},
			      .it_value = {.tv_sec = (time_t)(ms / 1000),
					   .tv_usec = (suseconds_t)(ms % 1000 * 1000)}};
	alarmed = 0;
	setitimer(ITIMER_REAL, &t, NULL);
}

// Non-zero when a signal ended it early.
int pause_us(uint64_t us)
{
	struct timespec t = {.tv_sec = (time_t)(us / 1000000),
			     .tv_nsec = (long)(us % 1000000 * 1000)};
	return nanosleep(&t, NULL);
}

void failed(struct result *r, const char *at)
{
	r->ret = -1;
	r->err = errno;
	r->at = at;
	r->t1 = now();
	if (!r->t0)
		r->t0 = r->t1;
}

static void become(uid_t id)
{
	// The group first when privileges go, last when they come back.
	if (id && setegid(id))
		die("setegid");
	if (seteuid(id))
		die("seteuid");
	if (!id && setegid(id))
		die("setegid");
}

struct failure failure = {.file = -1};

// The write alone is to find no memory, not what we do before or behind it.
static ssize_t write_failing(int fd, const char *data, size_t length, int64_t offset)
{
	char left[20];
	int size = snprintf(left, sizeof left, "%" PRIu64, failure.nth);
	if (pwrite(failure.file, left, (size_t)size, 0) != size)
		return -1;
	ssize_t n = offset < 0 ? write(fd, data, length) : pwrite(fd, data, length, offset);
	int e = errno;
	ssize_t told = pread(failure.file, left, sizeof left - 1, 0);
	failure.happened = told > 0 && *left == '0';
	if (pwrite(failure.file, "0", 1, 0) != 1)
		die("fail-nth");
	errno = e;
	return n;
}

// The step begins with the open: a file that was opened before an unbind answers ENODEV behind it.
void file_write(struct result *r, const char *path, const char *data, size_t length, int64_t offset,
		bool unprivileged)
{
	if (unprivileged)
		become(NOBODY);
	r->t0 = now();
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		failed(r, "open");
	} else {
		r->ret = failure.file >= 0 ? write_failing(fd, data, length, offset)
			 : offset < 0	   ? write(fd, data, length)
					   : pwrite(fd, data, length, offset);
		r->err = r->ret < 0 ? errno : 0;
		r->t1 = now();
		close(fd);
	}
	if (unprivileged)
		become(0);
}

// Reads until the end or `capacity`; an attribute is one read and one more for the end of the file.
void file_read(struct result *r, const char *path, char *data, size_t capacity, bool unprivileged)
{
	if (unprivileged)
		become(NOBODY);
	r->t0 = now();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		failed(r, "open");
	} else {
		size_t length = 0;
		ssize_t n = 1;
		while (n > 0 && length < capacity) {
			n = read(fd, data + length, capacity - length);
			if (n > 0)
				length += (size_t)n;
		}
		r->ret = n < 0 ? -1 : (long)length;
		r->err = n < 0 ? errno : 0;
		r->t1 = now();
		close(fd);
	}
	if (unprivileged)
		become(0);
}

// One read at the start of an open small file, as a string without its newline. Returns the length
// or -errno. The kernel makes the text anew, so a file that never goes away may stay open.
long slurp_open(int fd, char *data, size_t capacity)
{
	ssize_t n = pread(fd, data, capacity - 1, 0);
	if (n < 0)
		return -errno;
	if (n > 0 && data[n - 1] == '\n')
		n--;
	data[n] = 0;
	return n;
}

long slurp_at(int folder, const char *path, char *data, size_t capacity)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	long n = slurp_open(fd, data, capacity);
	close(fd);
	return n;
}

long slurp(const char *path, char *data, size_t capacity)
{
	return slurp_at(AT_FDCWD, path, data, capacity);
}

__attribute__((format(printf, 1, 2))) uint64_t number_in(const char *format, ...)
{
	char path[300], value[64];
	va_list args;
	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	if (slurp(path, value, sizeof value) <= 0)
		return UINT64_MAX;
	return strtoull(value, NULL, 0);
}
