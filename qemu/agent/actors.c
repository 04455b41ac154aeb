// SPDX-License-Identifier: Apache-2.0
// Processes that do steps at the same time.
#include "agent.h"

struct stage *stage; // of an actor: the one that it is on

void do_wait(struct result *r, const char *path, const char *value, size_t length,
	     uint64_t limit_ms)
{
	char text[4097];
	int64_t deadline = now() + (int64_t)limit_ms * 1000000;
	r->t0 = now();
	for (;;) {
		long n = slurp(path, text, sizeof text);
		if (n == (long)length && memcmp(text, value, length) == 0)
			break;
		errno = n < 0 ? (int)-n : ETIMEDOUT;
		if (now() >= deadline || alarmed)
			return failed(r, n < 0 ? "open" : NULL);
		pause_us(1000);
	}
	r->ret = 0;
	r->t1 = now();
}

// Signals an actor, by its name, from another one.
void do_signal(struct result *r, uint64_t name, int s)
{
	int place = 0;
	while (place < stage->actors && stage->names[place] != (int)name)
		place++;
	pid_t pid = place < stage->actors ? atomic_load(&stage->pid[place]) : 0;
	r->t0 = now();
	errno = ESRCH;
	if (pid <= 0 || kill(pid, s))
		return failed(r, NULL);
	r->t1 = now();
}

void put_result(struct text *t, const struct result *r)
{
	put(t, "\"ret\":%ld,", r->ret);
	put_errno(t, r->err);
	if (r->err && r->at)
		put(t, ",\"at\":\"%s\"", r->at);
	put(t, ",\"ns\":%" PRId64 ",\"t0\":%" PRId64 ",\"t1\":%" PRId64, r->t1 - r->t0, r->t0,
	    r->t1);
}

// True when nobody reads the replies any more. (Requests may end before their replies are read.)
static bool client_gone(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLRDHUP};
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLRDHUP | POLLERR));
}

// Waits until every actor has ended or the deadline passes. Returns how many are left.
static int reap(struct stage *on, int *status, int64_t deadline)
{
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		int left = 0;
		for (int i = 0; i < on->actors; i++) {
			pid_t pid = atomic_load(&on->pid[i]);
			if (pid > 0 && waitpid(pid, &status[i], WNOHANG) == pid) {
				atomic_store(&on->pid[i], 0);
				pid = 0;
			}
			left += pid > 0;
		}
		if (!left || now() >= deadline || client_gone())
			return left;
		struct timespec tick = {.tv_nsec = TICK_MS * 1000000};
		if (deadline - now() < tick.tv_nsec)
			tick.tv_nsec = 1000000;
		sigtimedwait(&child, NULL, &tick);
	}
}

static void actor_main(int self, char **line, int count)
{
	sigset_t none;
	struct text text = {0}, extra = {0};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM};
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		handle(signals[i], on_alarm);
	// A call that the kernel ends with ERESTARTSYS begins anew.
	struct sigaction restart = {.sa_handler = on_restart, .sa_flags = SA_RESTART};
	sigaction(SIGUSR2, &restart, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	atomic_fetch_add(&stage->ready, 1);
	while (!atomic_load(&stage->go))
		sched_yield();
	for (int i = 0; i < count; i++) {
		struct told *told = &stage->told[i];
		if (told->actor != self)
			continue;
		char *token[MAX_TOKENS];
		int taken = 0, n = split(line[i], token);
		struct result r = {0};
		told->t0 = now();
		atomic_store(&told->begun, 1);
		alarmed = 0;
		const char *wrong = n < 2 ? "An actor's line is Pn VERB ARGUMENTS."
					  : do_step(token + 1, n - 1, NULL, 0, &taken, &r, &extra);
		text.length = 0;
		if (by_hand && wrong) {
			put(&text, "%s", wrong);
		} else if (by_hand) {
			put_answer(&text, &r);
			if (strcmp(token[1] + (*token[1] == 'u'), "read") == 0 && !r.err)
				put(&text, " \"%.*s\"", (int)strcspn(data, "\n"), data);
			put(&text, " in %" PRId64 " ms", (r.t1 - r.t0) / 1000000);
		} else if (wrong) {
			put_text(&text, "error", wrong);
		} else {
			put_result(&text, &r);
			if (text.length + extra.length >= MAX_TOLD)
				extra.length = 0;
			if (extra.length)
				put(&text, "%.*s", (int)extra.length, extra.bytes);
		}
		extra.length = 0;
		memcpy(told->text, text.bytes, told->length = text.length);
		atomic_store(&told->done, 1);
	}
	_exit(0);
}

static void put_actors(struct text *t, const struct stage *on, int count, const int *status,
		       const bool *timeout, const struct look *look)
{
	put(t, ",\"actors\":[");
	for (int a = 0; a < on->actors; a++) {
		const char *comma = "";
		put(t, "%s{\"p\":\"P%d\",\"steps\":[", a ? "," : "", on->names[a]);
		for (int i = 0; i < count; i++) {
			const struct told *told = &on->told[i];
			if (told->actor != a)
				continue;
			put(t, "%s{", comma);
			comma = ",";
			if (atomic_load(&told->done)) {
				put(t, "%.*s", (int)told->length, told->text);
			} else if (atomic_load(&told->begun)) {
				put(t, "\"unfinished\":true,\"t0\":%" PRId64, told->t0);
			} else {
				put(t, "\"skipped\":true");
			}
			put(t, "}");
		}
		put(t, "],\"killed\":");
		if (WIFSIGNALED(status[a])) {
			put(t, "\"SIG%s\"", sigabbrev_np(WTERMSIG(status[a])));
		} else {
			put(t, "null");
		}
		put(t, ",\"timeout\":%s", timeout[a] ? "true" : "false");
		if (atomic_load(&on->pid[a]) > 0)
			put(t, ",\"stuck\":true");
		if (timeout[a])
			put(t, ","), put_looks(t, &look[a], &look[MAX_ACTORS + a]);
		put(t, "}");
	}
	put(t, "]");
}

// The same for a person, a line for each of theirs, by actors.
static void tell_actors(struct text *t, const struct stage *on, char **line, int count,
			const int *status)
{
	for (int a = 0; a < on->actors; a++) {
		for (int i = 0; i < count; i++) {
			const struct told *told = &on->told[i];
			if (told->actor != a)
				continue;
			const char *verb = strchr(line[i], ' ') + 1;
			put(t, "P%d %.*s ", on->names[a], (int)strcspn(verb, " "), verb);
			if (atomic_load(&told->done)) {
				put(t, "%.*s\n", (int)told->length, told->text);
			} else if (!atomic_load(&told->begun)) {
				put(t, "was not done\n");
			} else {
				put(t, "killed by %s\n",
				    WIFSIGNALED(status[a]) ? sigabbrev_np(WTERMSIG(status[a]))
							   : "nobody");
			}
		}
	}
}

static void look_at_actors(struct stage *on, struct look *look)
{
	for (int i = 0; i < on->actors; i++) {
		pid_t pid = atomic_load(&on->pid[i]);
		if (pid > 0)
			look_at(pid, &look[i]);
	}
}

static void kill_actors(struct stage *on, bool *killed)
{
	for (int i = 0; i < on->actors; i++) {
		pid_t pid = atomic_load(&on->pid[i]);
		killed[i] = pid > 0;
		if (pid > 0)
			kill(pid, SIGKILL);
	}
}

// Runs `count` lines as actors that start together. Returns a sentence when a line is malformed.
const char *do_actors(struct result *r, uint64_t limit_ms, char **line, int count,
		      struct text *extra)
{
	int status[MAX_ACTORS] = {0};
	bool killed[MAX_ACTORS] = {false};
	static struct look look[2 * MAX_ACTORS]; // the first ones, the second ones
	const char *wrong = NULL;
	size_t bytes = sizeof(struct stage) + (size_t)count * sizeof(struct told);
	stage = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (stage == MAP_FAILED)
		return stage = NULL, failed(r, "mmap"), NULL;
	for (int i = 0; i < count && !wrong; i++) {
		char *end;
		long name = line[i][0] == 'P' ? strtol(line[i] + 1, &end, 10) : -1;
		int place = 0;
		while (place < stage->actors && stage->names[place] != name)
			place++;
		if (name < 0 || end == line[i] + 1 || *end != ' ')
			wrong = "An actor's line is Pn VERB ...";
		if (place == MAX_ACTORS)
			wrong = "There are too many actors.";
		if (!wrong && place == stage->actors)
			stage->names[stage->actors++] = (int)name;
		stage->told[i].actor = place;
	}
	for (int i = 0; i < stage->actors && !wrong && !r->err; i++) {
		pid_t pid = fork();
		if (pid > 0)
			actor_pids[actor_count++ % MAX_ACTOR_PIDS] = pid;
		if (pid == 0)
			actor_main(i, line, count);
		if (pid < 0)
			failed(r, "fork");
		atomic_store(&stage->pid[i], pid);
	}
	if (!wrong && !r->err) {
		while (atomic_load(&stage->ready) < stage->actors)
			pause_us(100);
		r->t0 = now();
		atomic_store(&stage->go, 1);
		if (reap(stage, status, r->t0 + (int64_t)limit_ms * 1000000)) {
			look_at_actors(stage, look);
			if (reap(stage, status, now() + LOOKS_MS * INT64_C(1000000))) {
				look_at_actors(stage, look + MAX_ACTORS);
				kill_actors(stage, killed);
			}
			r->ret = reap(stage, status, now() + REAP_MS * INT64_C(1000000));
		}
		r->t1 = now();
		if (by_hand) {
			tell_actors(extra, stage, line, count, status);
		} else {
			put_actors(extra, stage, count, status, killed, look);
		}
	} else {
		kill_actors(stage, killed);
		reap(stage, status, now() + REAP_MS * INT64_C(1000000));
	}
	munmap(stage, bytes);
	stage = NULL;
	return wrong;
}
