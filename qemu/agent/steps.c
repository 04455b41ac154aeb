// SPDX-License-Identifier: Apache-2.0
// One step.
#include "agent.h"

char data[MAX_READ];

// Does one step. `line` are the lines behind it, of which an actors step takes its part (*taken).
// Returns a sentence when the step is malformed, else NULL with the result and its extra members.
const char *do_step(char **token, int n, char **line, int lines, int *taken, struct result *r,
		    struct text *extra)
{
	const char *verb = token[0];
	char *bytes;
	size_t length;
	uint64_t a, b, c;
	bool user = *verb == 'u' && (strcmp(verb, "uread") == 0 || strcmp(verb, "uwrite") == 0);
	if (strcmp(verb + user, "write") == 0) {
		if (n < 3 || n > 4 || !decode(token[2], &bytes, &length) ||
		    (n == 4 && !number(token[3], &a))) {
			return "A write is write PATH =DATA [OFFSET].";
		}
		file_write(r, token[1], bytes, length, n == 4 ? (int64_t)a : -1, user);
	} else if (strcmp(verb + user, "read") == 0) {
		if (n != 2)
			return "A read is read PATH.";
		file_read(r, token[1], data, sizeof data, user);
		if (r->ret >= 0) {
			put(extra, ",\"data\":");
			put_string(extra, data, (size_t)r->ret);
		}
	} else if (strcmp(verb, "stat") == 0) {
		struct stat s;
		if (n != 2)
			return "A stat is stat PATH.";
		r->t0 = now();
		if (stat(token[1], &s))
			return failed(r, NULL), NULL;
		r->t1 = now();
		put(extra, ",\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u", s.st_mode & 07777, s.st_uid,
		    s.st_gid);
	} else if (strcmp(verb, "insmod") == 0) {
		char parameters[1024] = "";
		if (n < 2 || n > 3 || (n == 3 && !decode(token[2], &bytes, &length))) {
			return "An insmod is insmod FILE [=PARAMETERS].";
		}
		if (n == 3)
			snprintf(parameters, sizeof parameters, "%.*s", (int)length, bytes);
		int fd = open(token[1], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return failed(r, "open"), NULL;
		r->t0 = now();
		r->ret = syscall(SYS_finit_module, fd, parameters, 0);
		r->err = r->ret ? errno : 0;
		r->t1 = now();
		close(fd);
	} else if (strcmp(verb, "rmmod") == 0) {
		if (n != 2)
			return "An rmmod is rmmod NAME.";
		r->t0 = now();
		r->ret = syscall(SYS_delete_module, token[1], O_NONBLOCK);
		r->err = r->ret ? errno : 0;
		r->t1 = now();
	} else if (strcmp(verb, "pin") == 0 || strcmp(verb, "fill") == 0) {
		bool pin = *verb == 'p';
		struct held *h = held_find("");
		if (n != 5 || !*token[1] || strlen(token[1]) >= sizeof h->id ||
		    !number(token[2], &a) || a > 1023 || !number(token[3], &b) ||
		    !number(token[4] + (!pin && *token[4] == '='), &c)) {
			return pin ? "A pin is pin ID NODE START END."
				   : "A fill is fill ID NODE BYTES =SEED.";
		}
		if (held_find(token[1])) {
			if (pin)
				return "This id is in use.";
			return errno = EEXIST, failed(r, NULL), NULL;
		}
		if (!h)
			return "There are too many pins and fills.";
		if (!pin && (!b || b % page))
			return "The bytes of a fill are a multiple of the page size.";
		if (pin) {
			do_pin(r, h, (int)a, b, c, extra);
		} else {
			do_fill(r, h, (int)a, b, c, extra);
		}
		if (!r->err)
			strcpy(h->id, token[1]);
	} else if (strcmp(verb, "unpin") == 0) {
		struct held *h = n == 2 && *token[1] ? held_find(token[1]) : NULL;
		if (!h || h->file >= 0)
			return "There is no pin of this id.";
		r->t0 = now();
		held_drop(h);
		r->t1 = now();
	} else if (strcmp(verb, "free") == 0 || strcmp(verb, "verify") == 0) {
		if (n != 2 || !*token[1])
			return "It is verify ID, and free ID.";
		struct held *h = held_find(token[1]);
		if (!h || h->file < 0)
			return errno = ENOENT, failed(r, NULL), NULL;
		if (*verb == 'v') {
			do_verify(r, h, extra);
		} else {
			r->t0 = now();
			held_drop(h);
			r->t1 = now();
		}
	} else if (strcmp(verb, "inject") == 0) {
		bool online = n == 3 && strcmp(token[1], "online") == 0;
		bool offline = n == 3 && strcmp(token[1], "offline") == 0;
		int error = n == 3 ? errno_number(token[2]) : 0;
		bool nothing = n == 2 && strcmp(token[1], "nothing") == 0;
		if (!nothing && (!(online || offline) || !error)) {
			return "An inject is inject online|offline ERRNO, or inject nothing.";
		}
		do_inject(r, offline ? "MEM_GOING_OFFLINE" : "MEM_GOING_ONLINE", error);
		if (nothing && !r->err)
			do_inject(r, "MEM_GOING_OFFLINE", 0);
	} else if (strcmp(verb, "addfail") == 0 || strcmp(verb, "occupy") == 0) {
		bool nothing = n == 2 && strcmp(token[1], "nothing") == 0, fail = *verb == 'a';
		int error = fail && n == 3 ? errno_number(token[2]) : 0;
		if (nothing) {
			a = b = 0;
		} else if (n != 3 || !number(token[1], &a) ||
			   (fail ? !error : !number(token[2], &b))) {
			return fail ? "An addfail is addfail START ERRNO, or addfail nothing."
				    : "An occupy is occupy START END, or occupy nothing.";
		}
		if (fail) {
			do_addfail(r, a, error, extra);
		} else {
			do_occupy(r, nothing, a, b, extra);
		}
	} else if (strcmp(verb, "delay") == 0) {
		bool nothing = n == 2 && strcmp(token[1], "nothing") == 0;
		bool known = n == 3 && (strcmp(token[1], "add") == 0 ||
					strcmp(token[1], "remove") == 0);
		if (!nothing && (!known || !number(token[2], &a) || a > MAX_DELAY_MS))
			return "A delay is delay add|remove MS, or delay nothing.";
		do_delay(r, nothing ? NULL : token[1], nothing ? 0 : a, extra);
	} else if (strcmp(verb, "poison") == 0) {
		if (n != 2 || !number(token[1], &a))
			return "A poison is poison START.";
		int length_of = snprintf(data, sizeof data, "0x%" PRIx64, a);
		file_write(r, MEMORY "hard_offline_page", data, (size_t)length_of, -1, false);
		if (!r->err)
			r->ret = 0;
	} else if (strcmp(verb, "remap") == 0) {
		if (n != 2 || !is_device(token[1]))
			return "A remap is remap daxX.Y.";
		do_remap(r, token[1], extra);
	} else if (strcmp(verb, "wait") == 0) {
		if (n != 4 || !decode(token[2], &bytes, &length) || !number(token[3], &a)) {
			return "A wait is wait PATH =VALUE LIMIT_MS.";
		}
		do_wait(r, token[1], bytes, length, a);
	} else if (strcmp(verb, "sleep") == 0) {
		if (n != 2 || !number(token[1], &a))
			return "A sleep is sleep US.";
		r->t0 = now();
		if (pause_us(a))
			return failed(r, NULL), NULL;
		r->t1 = now();
	} else if (strcmp(verb, "others") == 0) {
		if (n != 1 || stage)
			return "Others has no arguments, and is no actor's.";
		do_others(r, extra);
	} else if (strcmp(verb, "observe") == 0) {
		if (n != 1)
			return "An observe has no arguments.";
		r->t0 = r->t1 = now();
	} else if (strcmp(verb, "leaks") == 0) {
		if (n != 1)
			return "Leaks has no arguments.";
		do_leaks(r);
	} else if (strcmp(verb, "signal") == 0 && stage) {
		int s = n == 4 ? signal_number(token[2]) : 0;
		if (!s || token[1][0] != 'P' || !number(token[1] + 1, &a) ||
		    !number(token[3], &b)) {
			return "A signal is signal Pm SIGNAME US.";
		}
		pause_us(b);
		do_signal(r, a, s);
	} else if (strcmp(verb, "actors") == 0 && !stage) {
		if (n != 3 || !number(token[1], &a) || !number(token[2], &b) || !b ||
		    b > MAX_ACTOR_STEPS) {
			return "Actors are actors LIMIT_MS K, and K lines behind it.";
		}
		if (b > (uint64_t)lines)
			return "There are fewer actors' lines than the step says.";
		*taken = (int)b;
		arm(0); // their limit is their own
		watch_end();
		return do_actors(r, a, line, (int)b, extra);
	} else {
		return "This verb is unknown.";
	}
	return NULL;
}

static bool is_option(const char *token)
{
	return strncmp(token, "limit=", 6) == 0 || strncmp(token, "fail=", 5) == 0;
}

// What stands behind a verb. Returns a sentence when it is malformed.
static const char *option(const char *verb, const char *token, uint64_t *limit)
{
	if (*token == 'l') {
		return number(token + 6, limit) && *limit ? NULL
							  : "A limit is limit=MS, more than 0.";
	}
	if (strcmp(verb, "write") && strcmp(verb, "uwrite"))
		return "Only of a write an allocation can fail.";
	return failure_of(token + 5) ? NULL : "It is fail=slab:N or fail=page:N, N from 1.";
}

// Executes the lines of a batch in order. After a malformed step, or a failed one that was a must,
// the steps that follow are answered as skipped.
void run_batch(const char *id, char **line, int lines)
{
	struct text extra = {0};
	bool skip = false;
	for (int i = 0; i < lines; i++) {
		char *token[MAX_TOKENS];
		uint64_t n = 0, limit = DEFAULT_LIMIT_MS;
		int taken = 0;
		if (skip && line[i][0] == 'P')
			continue; // a line of skipped actors
		int count = split(line[i], token);
		bool named = count > 0 && number(token[0], &n);
		put(&out, "{\"n\":%" PRIu64 ",", n);
		if (skip) {
			put(&out, "\"skipped\":true}");
			send_line();
			continue;
		}
		char **argument = token + 1;
		bool must = count > 1 && argument[0][0] == '!';
		if (must)
			argument[0]++;
		const char *wrong = named && count >= 2 ? NULL : "A step is N VERB ARGUMENTS.";
		count--;
		while (!wrong && count > 1 && is_option(argument[1])) {
			wrong = option(argument[0], argument[1], &limit);
			argument[1] = argument[0];
			argument++;
			count--;
		}
		struct result r = {0};
		if (!wrong) {
			if (failure.nth)
				failure_ready(&r);
			watch_begin(n, limit);
			arm(limit + ALARM_MS);
			if (!r.err) {
				wrong = do_step(argument, count, line + i + 1, lines - i - 1,
						&taken, &r, &extra);
			}
			arm(0);
			watch_end();
			failure_end(&extra);
		}
		failure.nth = 0;
		if (wrong) {
			put_text(&out, "error", wrong);
			skip = true;
		} else {
			put_result(&out, &r);
			// alarmed was cleared by arm(0): a step that was interrupted tells by EINTR
			// and its time.
			if (r.err == EINTR && r.t1 - r.t0 >= (int64_t)limit * 1000000)
				put(&out, ",\"timeout\":true");
			bool looked = atomic_load(&watch->looked) == atomic_load(&watch->step);
			if (looked)
				put(&out, ",%s", watch->stuck_in);
			if (extra.length)
				put(&out, "%.*s", (int)extra.length, extra.bytes);
			skip = must && r.err;
			int64_t t0 = now();
			put(&out, ",\"obs\":{");
			observe(&out);
			put(&out, "},\"obs_ns\":%" PRId64, now() - t0);
		}
		extra.length = 0;
		put(&out, "}");
		send_line();
		i += taken;
	}
	free(extra.bytes);
	put(&out, "{");
	put_text(&out, "batch", id);
	put(&out, ",\"done\":true}");
	send_line();
}
