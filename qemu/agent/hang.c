// SPDX-License-Identifier: Apache-2.0
// What is over its limit: slow, or hanging.
#include "agent.h"

void look_at(pid_t pid, struct look *l)
{
	char path[60], text[4096];
	uint64_t user, system;
	*l = (struct look){.state = '?'};
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	char *rest = slurp(path, text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
	if (rest &&
	    sscanf(rest, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
		   &l->state, &user, &system) == 3) {
		l->ticks = user + system;
	}
	snprintf(path, sizeof path, "/proc/%d/stack", (int)pid);
	if (slurp(path, text, sizeof text) > 0) {
		// Lines are `[<0>] function+0x12/0x34 [module]`.
		for (char *all = text, *line;
		     l->frames < MAX_FRAMES && (line = strsep(&all, "\n"));) {
			char *name = strstr(line, "] ");
			if (!name)
				continue;
			name += 2;
			snprintf(l->frame[l->frames++], sizeof *l->frame, "%.*s",
				 (int)strcspn(name, "+ "), name);
		}
		return;
	}
	snprintf(path, sizeof path, "/proc/%d/wchan", (int)pid);
	if (slurp(path, text, sizeof text) > 0 && strcmp(text, "0") != 0) {
		snprintf(l->frame[l->frames++], sizeof *l->frame, "%.79s", text);
	}
}

void put_looks(struct text *t, const struct look *first, const struct look *second)
{
	bool same = second->frames && first->frames == second->frames;
	put(t, "\"stuck_in\":{\"state\":\"%c\",\"stack\":[", second->state);
	for (int i = 0; i < second->frames; i++) {
		same = same && strcmp(first->frame[i], second->frame[i]) == 0;
		if (i)
			put(t, ",");
		put_string(t, second->frame[i], strlen(second->frame[i]));
	}
	uint64_t ticks = second->ticks > first->ticks ? second->ticks - first->ticks : 0;
	put(t, "],\"cpu_ms\":%" PRIu64 ",\"same\":%s}",
	    ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK), same ? "true" : "false");
}

struct watch *watch;

void watch_begin(uint64_t n, uint64_t limit_ms)
{
	watch->n = n;
	atomic_fetch_add(&watch->step, 1);
	atomic_store(&watch->deadline, now() + (int64_t)limit_ms * 1000000);
}

void watch_end(void)
{
	atomic_store(&watch->deadline, 0);
}

// The relay's part. Returns after how many ms it has to be called again. `hung` gets a line, once,
// when a step does not come back.
int watch_look(struct text *hung)
{
	static struct look first;
	static uint64_t seen, told;
	static int64_t seen_at;
	struct look second;
	int64_t deadline = atomic_load(&watch->deadline);
	uint64_t step = atomic_load(&watch->step);
	int64_t left = deadline ? (deadline - now()) / 1000000 : TICK_MS * 5;
	if (left > 0)
		return left < TICK_MS * 5 ? (int)left : TICK_MS * 5;
	if (seen != step) {
		look_at(watch->pid, &first);
		seen = step;
		seen_at = now();
		return LOOKS_MS;
	}
	left = LOOKS_MS - (now() - seen_at) / 1000000;
	if (left > 0)
		return (int)left;
	if (atomic_load(&watch->looked) != step) {
		struct text t = {0};
		look_at(watch->pid, &second);
		put_looks(&t, &first, &second);
		snprintf(watch->stuck_in, sizeof watch->stuck_in, "%s", t.bytes);
		free(t.bytes);
		if (atomic_load(&watch->step) == step && atomic_load(&watch->deadline)) {
			atomic_store(&watch->looked, step);
		}
	} else if (told != step && now() - deadline > HUNG_MS * INT64_C(1000000)) {
		told = step;
		put(hung, "{\"hung\":%" PRIu64 ",%s}\n", watch->n, watch->stuck_in);
	}
	return TICK_MS * 5;
}
