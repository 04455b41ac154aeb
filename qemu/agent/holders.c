// SPDX-License-Identifier: Apache-2.0
// Processes that hold something for a shell until they are stopped.
#include "agent.h"

// Where a block is that a person names. False where the device has none.
static bool place(const char *name, uint64_t *block)
{
	uint64_t all = 0, index, number_of;
	for (int i = 0; i < device.ranges; i++)
		all += device.range[i].blocks;
	if (strncmp(name, "memory", 6) == 0) {
		if (!number(name + 6, &number_of))
			return false;
		for (int i = 0; i < device.ranges; i++) {
			if (number_of - device.range[i].first < device.range[i].blocks)
				return *block = number_of, true;
		}
		return false;
	}
	if (is(name, "first")) {
		index = 0;
	} else if (is(name, "last")) {
		index = all - 1;
	} else if (is(name, "middle")) {
		index = all / 2;
	} else if (!number(name, &index)) {
		return false;
	}
	for (int i = 0; index < all && i < device.ranges; i++) {
		if (index < device.range[i].blocks)
			return *block = device.range[i].first + index, true;
		index -= device.range[i].blocks;
	}
	return false;
}

static volatile sig_atomic_t ended;

static void on_end(int s)
{
	(void)s;
	ended = 1;
}

// Becomes a process of its own that holds what the caller then takes. In the caller: prints its
// pid once it holds it, and exits.
static void hold_on(int *ready)
{
	int ends[2];
	char answer[200];
	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC))
		die("pipe");
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		close(ends[0]);
		setsid();
		*ready = ends[1];
		return;
	}
	close(ends[1]);
	ssize_t n = read(ends[0], answer, sizeof answer - 1);
	if (n < 0)
		n = 0;
	answer[n] = 0;
	if (is(answer, "ok")) {
		printf("%d\n", child);
		exit(0);
	}
	fprintf(stderr, "agent: %s\n", n ? answer : "the holder ended");
	exit(1);
}

// The holder's answer to its caller, whose shell must not wait for our end of its pipes.
static void holds(int ready, const struct result *r)
{
	static struct text t;
	if (r->err) {
		put_answer(&t, r);
	} else {
		put(&t, "ok");
	}
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(nowhere, fd);
	if (write(ready, t.bytes, t.length) < 0 || r->err)
		exit(1);
	close(ready);
}

static void until_stopped(void)
{
	for (;;)
		pause();
}

int hold_pins(char **argument, int n)
{
	int ready;
	uint64_t block[MAX_HELD];
	if (n < 1 || n > MAX_HELD)
		return refuse("A pin is pin DEVICE BLOCK...", "");
	for (int i = 0; i < n; i++) {
		if (!place(argument[i], &block[i]))
			return refuse("The device has no block ", argument[i]);
	}
	hold_on(&ready);
	struct result r = {0};
	struct text extra = {0};
	for (int i = 0; i < n && !r.err; i++)
		do_pin(&r, &held[i], device.node, block[i] * block_size,
		       (block[i] + 1) * block_size, &extra);
	holds(ready, &r);
	until_stopped();
	return 0;
}

int hold_fill(char **argument, int n)
{
	int ready;
	uint64_t bytes;
	if (n != 1 || !number(argument[0], &bytes) || !bytes || bytes % page)
		return refuse("A fill is fill DEVICE BYTES, a multiple of the page size.", "");
	hold_on(&ready);
	struct result r = {0};
	struct text extra = {0};
	do_fill(&r, &held[0], device.node, bytes, 1, &extra);
	sigset_t asked;
	sigemptyset(&asked);
	sigaddset(&asked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &asked, NULL);
	holds(ready, &r);
	for (;;) {
		if (sigwaitinfo(&asked, NULL) != SIGUSR1)
			continue;
		// Asked to read it back: the answer is for who asked, in a file that is renamed to
		// its name when it is whole.
		char path[60], whole[60];
		snprintf(path, sizeof path, "/tmp/agent-verify.%d.part", getpid());
		snprintf(whole, sizeof whole, "/tmp/agent-verify.%d", getpid());
		struct text t = {0};
		r = (struct result){0};
		extra.length = 0;
		do_verify(&r, &held[0], &extra);
		put_answer(&t, &r);
		int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (file >= 0 && write(file, t.bytes, t.length) >= 0)
			rename(path, whole);
		if (file >= 0)
			close(file);
	}
}

int verify_fill(char **argument, int n)
{
	char path[60], answer[200];
	uint64_t pid;
	if (n != 1 || !number(argument[0], &pid))
		return refuse("A verify is verify PID.", "");
	/* No fill at all: kill() would take 0 and 1 for others. */
	if (pid < 2)
		return puts("= -1 ENOENT"), 1;
	snprintf(path, sizeof path, "/tmp/agent-verify.%" PRIu64, pid);
	unlink(path);
	if (kill((pid_t)pid, SIGUSR1))
		return puts("= -1 ENOENT"), 1;
	long length;
	while ((length = slurp(path, answer, sizeof answer)) < 0) {
		if (kill((pid_t)pid, 0))
			return puts("= -1 ENOENT"), 1;
		pause_us(1000);
	}
	unlink(path);
	puts(answer);
	return strncmp(answer, "= 0", 3) == 0 ? 0 : 1;
}

int hold_events(char **argument, int n)
{
	int ready;
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
	if (n != 1)
		return refuse("It is events FILE.", "");
	hold_on(&ready);
	struct result r = {0};
	int file = open(argument[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int from = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (file < 0 || from < 0 || bind(from, (struct sockaddr *)&address, sizeof address))
		failed(&r, file < 0 ? "open" : "socket");
	holds(ready, &r);
	// What was sent before the end was asked for is still told.
	handle(SIGTERM, on_end);
	for (;;) {
		char message[8192];
		struct pollfd p = {.fd = from, .events = POLLIN};
		if (!ended)
			poll(&p, 1, TICK_MS);
		ssize_t length = recv(from, message, sizeof message - 1, MSG_DONTWAIT);
		if (length <= 0 && ended)
			exit(0);
		if (length <= 0)
			continue;
		message[length] = 0;
		char *path = strchr(message, '@');
		bool ours = false;
		for (char *p = message; p < message + length; p += strlen(p) + 1)
			ours |= is(p, "SUBSYSTEM=memory") || is(p, "SUBSYSTEM=dax");
		if (!path || !ours)
			continue;
		*path = ' ';
		dprintf(file, "%s\n", message);
	}
}

// What a holder held is free only when it is gone.
int stop_holders(char **argument, int n)
{
	for (int i = 0; i < n; i++) {
		uint64_t pid;
		if (!number(argument[i], &pid) || pid < 2)
			return refuse("It is stop PID..., not ", argument[i]);
		int handle_of = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
		if (handle_of < 0)
			continue;
		struct pollfd p = {.fd = handle_of, .events = POLLIN};
		kill((pid_t)pid, SIGTERM);
		if (poll(&p, 1, 10000) == 0)
			kill((pid_t)pid, SIGKILL);
		close(handle_of);
	}
	return 0;
}
