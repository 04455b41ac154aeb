// SPDX-License-Identifier: Apache-2.0
// Who else writes to the files that a step is about.
#include "agent.h"
pid_t actor_pids[MAX_ACTOR_PIDS]; // the actors forked last
unsigned actor_count;
static int writers = -1; // tells of every write to a file of sysfs, with the writer

static bool is_ours(pid_t pid)
{
	if (pid == getpid())
		return true;
	for (int i = 0; i < MAX_ACTOR_PIDS; i++) {
		if (actor_pids[i] == pid)
			return true;
	}
	return false;
}

// Whether a file of sysfs changes a memory block, the policy, or a dax device.
static bool matters(const char *path)
{
	return strncmp(path, "/sys/devices/system/memory/", 27) == 0 || strstr(path, "/dax") ||
	       strncmp(path, "/sys/bus/dax/", 13) == 0;
}

// The processes that wrote to such files since the last time, but for our own. The first time only
// begins to look. Files that nobody may read, such as bind, are not among them.
void do_others(struct result *r, struct text *extra)
{
	char events[8192] __attribute__((aligned(8)));
	int told = 0, failures = 0;
	r->t0 = now();
	if (writers < 0) {
		int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK,
				       O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_MODIFY,
					    AT_FDCWD, "/sys")) {
			failed(r, "fanotify");
			if (fd >= 0)
				close(fd);
			return;
		}
		writers = fd;
	}
	put(extra, ",\"others\":[");
	for (;;) {
		ssize_t n = read(writers, events, sizeof events);
		if (n < 0 && errno != EAGAIN && ++failures < 100)
			continue; // an event whose file is not readable
		if (n <= 0)
			break;
		struct fanotify_event_metadata *e = (void *)events;
		for (; FAN_EVENT_OK(e, n); e = FAN_EVENT_NEXT(e, n)) {
			char link[40], path[300] = "", comm[40] = "";
			if (e->fd < 0)
				continue;
			snprintf(link, sizeof link, "/proc/self/fd/%d", e->fd);
			if (readlink(link, path, sizeof path - 1) > 0 && !is_ours(e->pid) &&
			    matters(path) && told < MAX_OTHERS) {
				snprintf(link, sizeof link, "/proc/%d/comm", (int)e->pid);
				int file = open(link, O_RDONLY | O_CLOEXEC);
				ssize_t length = file < 0 ? 0 : read(file, comm, sizeof comm - 1);
				if (file >= 0)
					close(file);
				comm[length > 0 ? length - 1 : 0] = 0;
				char text[400];
				snprintf(text, sizeof text, "%s (process %d) wrote %s",
					 *comm ? comm : "a program that has ended", (int)e->pid,
					 path);
				put(extra, told++ ? "," : "");
				put_string(extra, text, strlen(text));
			}
			close(e->fd);
		}
	}
	put(extra, "]");
	r->t1 = now();
}
