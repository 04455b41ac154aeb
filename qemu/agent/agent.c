// SPDX-License-Identifier: Apache-2.0
// Requests and batches; main().
#include "agent.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct dax *)a)->name, ((const struct dax *)b)->name);
}

static void read_neighbours(void)
{
	while (neighbours)
		close(neighbour[--neighbours].folder);
	DIR *folder = opendir(DAX);
	if (!folder)
		return;
	for (struct dirent *e; (e = readdir(folder));) {
		if (!is_device(e->d_name) || strcmp(e->d_name, device.name) == 0)
			continue;
		if (neighbours == MAX_NEIGHBOURS)
			too_much(DAX);
		if (read_device(&neighbour[neighbours], e->d_name))
			neighbours++;
	}
	closedir(folder);
	qsort(neighbour, (size_t)neighbours, sizeof *neighbour, by_name);
}

static void put_attributes(const struct dax *d)
{
	const char *comma = "";
	put(&out, "\"attributes\":[");
	for (int i = 0; i < 2; i++) {
		const char *attribute = i ? "hotplug" : "state";
		if (faccessat(d->folder, attribute, F_OK, 0))
			continue;
		put(&out, "%s\"%s\"", comma, attribute);
		comma = ",";
	}
	put(&out, "]");
}

// How much of each block holds its own memory map: a struct page of 64 bytes for every page, where
// the device wants that and the kernel was told to do it. It must fill pages of the huge size, or
// is made to with "force".
static uint64_t memmap_kib(void)
{
	char value[20];
	long n = slurp_at(device.folder, "memmap_on_memory", value, sizeof value);
	if (n < 0 || *value != '1')
		return 0;
	if (slurp("/sys/module/memory_hotplug/parameters/memmap_on_memory", value, sizeof value) <
	    0) {
		return 0;
	}
	uint64_t bytes = block_size / page * 64;
	if (*value == 'Y')
		return bytes % HUGE_PAGE ? 0 : bytes >> 10;
	return *value == 'f' ? (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE >> 10 : 0;
}

// Makes it the device that all is about; false where there is none of the name.
bool choose(const char *name)
{
	struct dax found;
	if (!read_device(&found, name))
		return false;
	if (device.name[0])
		close(device.folder);
	device = found;
	read_neighbours();
	return true;
}

static void select_device(const char *name)
{
	known.length = 0;
	if (!is_device(name))
		return send_error("A device is daxX.Y, not '%.40s'.", name);
	if (!choose(name))
		return send_error("There is no device %s here.", name);
	put(&out, "{");
	put_text(&out, "device", name);
	put(&out, ",\"node\":%d,", device.node);
	put_text(&out, "driver", driver_of(&device));
	put(&out, ",\"ranges\":[");
	for (int i = 0; i < device.ranges; i++) {
		put(&out,
		    "%s{\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64
		    "\",\"first_block\":%" PRIu64 ",\"blocks\":%" PRIu64 "}",
		    i ? "," : "", device.range[i].start, device.range[i].end, device.range[i].first,
		    device.range[i].blocks);
	}
	put(&out, "],");
	put_attributes(&device);
	put(&out, ",\"memmap_kib\":%" PRIu64 ",\"neighbours\":[", memmap_kib());
	for (int i = 0; i < neighbours; i++) {
		put(&out, "%s{", i ? "," : "");
		put_text(&out, "device", neighbour[i].name);
		put(&out, ",");
		put_text(&out, "driver", driver_of(&neighbour[i]));
		put(&out, ",");
		put_attributes(&neighbour[i]);
		put(&out, "}");
	}
	put(&out, "]}");
	send_line();
}

// How long a fixed piece of work takes, in ns: calls of the kernel that make a text, and memory.
static int64_t speed(void)
{
	static volatile uint64_t words[SPEED_BYTES / sizeof(uint64_t) / SPEED_ROUNDS];
	char value[32];
	int64_t t0 = now();
	for (int i = 0; i < SPEED_READS; i++)
		slurp_open(policy_file, value, sizeof value);
	for (int round = 0; round < SPEED_ROUNDS; round++) {
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			words[i] = words[i] * 3 + i;
	}
	return now() - t0;
}

static void hello(void)
{
	struct utsname u;
	char cmdline[4097] = "";
	uname(&u);
	slurp("/proc/cmdline", cmdline, sizeof cmdline);
	put(&out, "{\"agent\":%d,", PROTOCOL);
	put_text(&out, "release", u.release);
	put(&out, ",");
	put_text(&out, "version", u.version);
	put(&out, ",");
	put_text(&out, "cmdline", cmdline);
	put(&out, ",\"page_size\":%zu,\"block_size\":%" PRIu64 ",\"pid\":%d,", page, block_size,
	    getpid());
	put(&out, "\"injector\":%s,\"helper\":%s,\"failures\":%s,\"leaks\":%s,\"speed_ns\":%" PRId64 "}",
	    can_inject() ? "true" : "false", can_help() ? "true" : "false", can_fail() ? "true" : "false",
	    can_find_leaks() ? "true" : "false", speed());
	send_line();
}

static void want(char *list)
{
	known.length = 0;
	unsigned chosen = 0;
	for (char *word; (word = strsep(&list, ","));) {
		unsigned bit = strcmp(word, "all") == 0 ? ALL : 0;
		for (unsigned i = 0; i < sizeof aspects / sizeof *aspects; i++) {
			if (strcmp(word, aspects[i]) == 0)
				bit = 1U << i;
		}
		if (!bit)
			return send_error("An observation has no '%.40s'.", word);
		chosen |= bit;
	}
	wanted = chosen;
	put(&out, "{\"want\":%u}", wanted);
	send_line();
}

// The next line of stdin without its newline, in its own memory; NULL at the end.
static char *next_line(void)
{
	static char *line;
	static size_t capacity;
	ssize_t n = getline(&line, &capacity, stdin);
	if (n < 0)
		return NULL;
	if (n > MAX_LINE)
		exit((send_error("A line is at most %d bytes.", MAX_LINE), 1));
	if (line[n - 1] == '\n')
		line[n - 1] = 0;
	return line;
}

static void serve_batch(const char *id)
{
	static char *lines[MAX_BATCH];
	int n = 0;
	char *line;
	bool full = false;
	while ((line = next_line()) && strcmp(line, "end") != 0) {
		if (n == MAX_BATCH) {
			full = true;
		} else if (!(lines[n++] = strdup(line))) {
			die("strdup");
		}
	}
	if (full) {
		send_error("A batch has at most %d lines.", MAX_BATCH);
	} else if (line) { // else stdin ended: nobody waits for the steps
		run_batch(id, lines, n);
	}
	while (n > 0)
		free(lines[--n]);
}

static int must_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

static void hand_on(const char *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = write(STDOUT_FILENO, bytes + done, length - done);
		if (n < 0)
			_exit(1);
		done += (size_t)n;
	}
}

// Hands replies on to the client. On an emulated processor a packet for every reply would cost more
// than the steps; so replies of a running batch are held back for a moment, here and not in the
// agent, which may hang in a step.
static void relay(int from)
{
	static char held_back[64 << 10];
	struct text hung = {0};
	size_t length = 0;
	int64_t since = 0;
	for (;;) {
		int look = watch_look(&hung);
		struct pollfd p[] = {{.fd = from, .events = POLLIN},
				     {.fd = STDOUT_FILENO, .events = POLLRDHUP}};
		int64_t left = HOLD_BACK_MS - (now() - since) / 1000000;
		int wait = !length ? look : left > look ? look : left > 0 ? (int)left : 0;
		int ready = hung.length ? 0 : poll(p, 2, wait);
		if (ready > 0 && p[1].revents)
			_exit(1);
		ssize_t n =
			ready > 0 ? read(from, held_back + length, sizeof held_back - length) : 0;
		bool end = ready > 0 && n <= 0;
		if (n > 0) {
			if (!length)
				since = now();
			length += (size_t)n;
		}
		size_t line = length; // where the last line begins
		while (line > 1 && held_back[line - 2] != '\n')
			line--;
		if (line)
			line--;
		bool step = length - line > 4 && memcmp(held_back + line, "{\"n\":", 5) == 0;
		bool due = now() - since >= HOLD_BACK_MS * INT64_C(1000000);
		if (length &&
		    (!step || due || end || hung.length || length > sizeof held_back / 2)) {
			hand_on(held_back, length);
			length = 0;
		}
		// The agent is in the step, so that its last line is whole.
		hand_on(hung.bytes, hung.length);
		hung.length = 0;
		if (end)
			_exit(0);
	}
}

static pid_t start_relay(void)
{
	int ends[2];
	watch = mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (watch == MAP_FAILED)
		die("mmap");
	watch->pid = getpid();
	if (pipe2(ends, O_CLOEXEC))
		die("pipe");
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		close(ends[1]);
		close(STDIN_FILENO);
		relay(ends[0]);
	}
	if (dup2(ends[1], STDOUT_FILENO) < 0)
		die("dup2");
	close(ends[0]);
	close(ends[1]);
	return child;
}

// What every step needs.
void prepare(void)
{
	char value[32] = "0";
	page = (size_t)sysconf(_SC_PAGESIZE);
	slurp(MEMORY "block_size_bytes", value, sizeof value);
	block_size = strtoull(value, NULL, 16);
	if (!block_size)
		block_size = 128 << 20;
	memory_folder = must_open(MEMORY, O_PATH | O_DIRECTORY);
	policy_file = open(MEMORY "auto_online_blocks", O_RDONLY | O_CLOEXEC);
	taint_file = must_open("/proc/sys/kernel/tainted", O_RDONLY);
	iomem_file = must_open("/proc/iomem", O_RDONLY);
	if (setgroups(0, NULL))
		die("setgroups");
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	handle(SIGALRM, on_alarm);
}

static int serve(void)
{
	pid_t relay_pid = start_relay();
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int size = 1 << 20;
	prepare();
	kmsg = must_open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	lseek(kmsg, 0, SEEK_END);
	uevents = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			 NETLINK_KOBJECT_UEVENT);
	if (uevents < 0 || bind(uevents, (struct sockaddr *)&address, sizeof address))
		die("uevents");
	setsockopt(uevents, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	for (char *line; (line = next_line());) {
		char *word = strsep(&line, " ");
		if (strcmp(word, "hello") == 0) {
			hello();
		} else if (strcmp(word, "device") == 0 && line) {
			select_device(line);
		} else if (strcmp(word, "want") == 0) {
			want(line);
		} else if (strcmp(word, "batch") == 0 && line) {
			char *id = strdup(line);
			if (!id)
				die("strdup");
			serve_batch(id);
			free(id);
		} else {
			send_error("A request is hello, device NAME, want LIST or batch ID, not "
				   "'%.40s'.",
				   word);
		}
	}
	// Whoever started the agent may take its end for that of the replies.
	close(STDOUT_FILENO);
	waitpid(relay_pid, NULL, 0);
	return 0;
}

// Loads the modules that a list names, in its order, without a process for each.
static int load_modules(const char *folder, const char *list)
{
	char path[4096], name[256];
	FILE *names = fopen(list, "re");
	if (!names)
		die(list);
	while (fscanf(names, "%255s", name) == 1) {
		snprintf(path, sizeof path, "%s/%s", folder, name);
		if (load(path))
			die(path);
	}
	fclose(names);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return serve();
	if (argc == 4 && strcmp(argv[1], "insmod") == 0)
		return load_modules(argv[2], argv[3]);
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return help(true);
	return argv[1][0] ? hand(argc - 1, argv + 1) : help(false);
}
