// SPDX-License-Identifier: Apache-2.0
// One step by hand, from a shell: the words of a step are arguments, and the answer is one line.
#include "agent.h"

bool by_hand;

static const char usage[] =
	"usage: agent                       serve requests on stdin (PROTOCOL.md)\n"
	"       agent write FILE WORD       one write(2) of the word and a newline\n"
	"       agent write FILE =BYTES...  of these bytes, %XX for any [--at OFFSET]\n"
	"       agent uwrite..., uread FILE the same without privileges\n"
	"       agent read FILE | wait FILE WORD MS | stat FILE\n"
	"       agent pin DEVICE BLOCK...   hold a page of each block: first, last,\n"
	"                                   middle, a number from 0, or memoryN\n"
	"       agent fill DEVICE BYTES     hold memory with a pattern\n"
	"       agent events FILE           write uevents of memory and dax to a file\n"
	"       agent stop PID...           end what the last three began and printed\n"
	"       agent verify PID            read the pattern of a fill back\n"
	"       agent race 'P0 write FILE WORD' 'P1 signal P0 INT 300ms'...\n"
	"       agent load MODULE | rmmod MODULE | neighbours DEVICE\n"
	"       agent inject online|offline ERRNO | remap DEVICE\n"
	"       agent addfail START ERRNO | occupy START END\n"
	"       agent delay add|remove MS   adding or removing memory takes longer\n"
	"       agent leaks                 let kmemleak search, and log what it finds\n"
	"       agent insmod FOLDER LIST    load what LIST names, in order\n"
	"With --timeout MS or --signal INT@MS in front a step is interrupted; with\n"
	"--fail slab:N or --fail page:N the Nth allocation of its write(2) fails.\n"
	"An answer is what the system call returned: = 15, or = -1 EBUSY.\n";

int help(bool asked)
{
	fputs(usage, asked ? stdout : stderr);
	return asked ? 0 : 2;
}

int refuse(const char *sentence, const char *what)
{
	fprintf(stderr, "agent: %s%s\n", sentence, what);
	return 2;
}

// A time such as 20us, 300ms or 2s, in microseconds; a bare number is of the unit.
static bool time_us(const char *text, uint64_t unit, uint64_t *us)
{
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	*us = strtoull(text, &end, 10);
	if (strcmp(end, "us") == 0) {
		unit = 1;
	} else if (strcmp(end, "ms") == 0) {
		unit = 1000;
	} else if (strcmp(end, "s") == 0) {
		unit = 1000000;
	} else if (*end) {
		return false;
	}
	*us *= unit;
	return true;
}

bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

// The data of a write: bytes as they are told, or a word and its newline.
static void put_data(struct text *t, char **word, int n)
{
	if (n > 0 && *word[0] != '=') {
		put(t, "=");
		for (const char *c = word[0]; *c; c++)
			put(t, strchr(" %\n", *c) ? "%%%02X" : "%c", (unsigned char)*c);
		put(t, "%%0A");
		return;
	}
	put(t, "=");
	for (int i = 0; i < n; i++)
		put(t, "%s", word[i] + (word[i][0] == '='));
}

// Words of a person as a step of the protocol. Returns a sentence when they are malformed.
static const char *as_step(struct text *t, char **word, int n)
{
	uint64_t us;
	const char *verb = word[0];
	if (is(verb, "write") || is(verb, "uwrite")) {
		const char *offset = NULL;
		if (n >= 4 && is(word[n - 2], "--at"))
			offset = word[n - 1], n -= 2;
		if (n < 3 || (n > 3 && word[2][0] != '='))
			return "A write is write FILE WORD, or write FILE =BYTES... [--at OFFSET].";
		put(t, "%s %s ", verb, word[1]);
		put_data(t, word + 2, n - 2);
		if (offset)
			put(t, " %s", offset);
		return NULL;
	}
	if (is(verb, "wait")) {
		if (n != 4 || !time_us(word[3], 1000, &us))
			return "A wait is wait FILE WORD MS.";
		put(t, "wait %s =%s %" PRIu64, word[1], word[2], us / 1000);
		return NULL;
	}
	if (is(verb, "sleep")) {
		if (n != 2 || !time_us(word[1], 1000000, &us))
			return "A sleep is sleep TIME: 20us, 300ms, 2s.";
		put(t, "sleep %" PRIu64, us);
		return NULL;
	}
	if (is(verb, "signal")) {
		if (n != 4 || !time_us(word[3], 1, &us))
			return "A signal is signal Pm NAME TIME.";
		put(t, "signal %s %s %" PRIu64, word[1], word[2], us);
		return NULL;
	}
	for (int i = 0; i < n; i++)
		put(t, i ? " %s" : "%s", word[i]);
	return NULL;
}

// As strace tells it.
void put_answer(struct text *t, const struct result *r)
{
	if (!r->err) {
		put(t, "= %ld", r->ret);
		return;
	}
	put(t, "= -1 %s", errno_name(r->err));
	if (r->at)
		put(t, " at %s", r->at);
}

static int tell(const char *verb, const struct result *r, const struct text *extra)
{
	bool reads = is(verb, "read") || is(verb, "uread");
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL); // what interrupts the step shall not cut the answer
	if (reads && !r->err)
		fwrite(data, 1, (size_t)r->ret, stdout);
	if (r->err || !reads) {
		static struct text answer;
		put_answer(&answer, r);
		puts(answer.bytes);
		if (is(verb, "stat") && extra->length)
			puts(extra->bytes + 1);
	}
	fflush(stdout);
	return r->err ? 1 : 0;
}

// Words at single blanks, of one argument.
static int words_of(char *line, char **word)
{
	int n = split(line, word);
	return n < 0 ? 0 : n;
}

// All the arguments are lines of actors.
static int race(char **argument, int n)
{
	static char **line; // as long as the program
	static struct text extra;
	struct result r = {0};
	uint64_t limit = DEFAULT_LIMIT_MS * 1000;
	line = calloc((size_t)n + 1, sizeof *line);
	if (!line)
		die("calloc");
	if (n > 2 && is(argument[0], "--within") && time_us(argument[1], 1000, &limit))
		argument += 2, n -= 2;
	for (int i = 0; i < n; i++) {
		char *word[MAX_TOKENS];
		struct text t = {0};
		int words = words_of(argument[i], word);
		const char *wrong = words < 2 ? "An actor's line is Pn and a step." : NULL;
		if (!wrong) {
			put(&t, "%s ", word[0]);
			wrong = as_step(&t, word + 1, words - 1);
		}
		line[i] = t.bytes;
		if (wrong)
			return refuse(wrong, "");
	}
	const char *wrong = n ? do_actors(&r, limit / 1000, line, n, &extra)
			      : "A race has an argument for each line of an actor.";
	if (wrong)
		return refuse(wrong, "");
	if (r.err)
		return tell("race", &r, &extra);
	fwrite(extra.bytes, 1, extra.length, stdout);
	fflush(stdout);
	return 0;
}

static int neighbours_of(void)
{
	static struct text t;
	put_neighbours(&t);
	fwrite(t.bytes, 1, t.length, stdout);
	puts("");
	return 0;
}

// A step is interrupted at a time by a process beside it.
static bool interrupts(const char *option, const char *value)
{
	char name[20];
	uint64_t us;
	int s = SIGALRM;
	const char *time = value;
	if (is(option, "--signal")) {
		size_t length = strcspn(value, "@");
		snprintf(name, sizeof name, "%.*s", (int)(length < 19 ? length : 19), value);
		s = signal_number(name);
		time = value + length + (value[length] == '@');
	}
	if (!s || !time_us(time, 1000, &us))
		return false;
	handle(s, on_alarm);
	pid_t self = getpid(), child = fork();
	if (child)
		return child > 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pause_us(us);
	// Again and again: one that falls just before the system call is no harm.
	for (int times = 0; times < 200 && getppid() == self; times++) {
		kill(self, s);
		pause_us(TICK_MS * 1000);
	}
	_exit(0);
}

// The program by hand. Exit codes: 0 done, 1 the kernel said no, 2 a mistake of the caller.
int hand(int n, char **argument)
{
	static struct text line, extra, failures; // as long as the program
	by_hand = true;
	prepare();
	while (n > 2 && strncmp(argument[0], "--", 2) == 0) {
		bool fails = is(argument[0], "--fail");
		if (!fails && !is(argument[0], "--timeout") && !is(argument[0], "--signal"))
			return refuse("This option is unknown: ", argument[0]);
		if (fails ? !failure_of(argument[1]) : !interrupts(argument[0], argument[1])) {
			return refuse("It is --timeout MS, --signal NAME@MS, --fail slab:N, not ",
				      argument[1]);
		}
		argument += 2, n -= 2;
	}
	const char *verb = argument[0];
	if (is(verb, "pin") || is(verb, "fill") || is(verb, "neighbours")) {
		if (n < 2 || !is_device(argument[1]))
			return refuse("Name a device, daxX.Y, behind ", verb);
		if (!choose(argument[1]))
			return refuse("There is no device ", argument[1]);
		return *verb == 'p'   ? hold_pins(argument + 2, n - 2)
		       : *verb == 'f' ? hold_fill(argument + 2, n - 2)
				      : neighbours_of();
	}
	if (is(verb, "verify"))
		return verify_fill(argument + 1, n - 1);
	if (is(verb, "events"))
		return hold_events(argument + 1, n - 1);
	if (is(verb, "stop"))
		return stop_holders(argument + 1, n - 1);
	if (is(verb, "race"))
		return race(argument + 1, n - 1);
	struct result r = {0};
	if (is(verb, "load") && n == 2) {
		do_load(&r, argument[1]);
		return tell(verb, &r, &extra);
	}
	if (failure.nth && !is(verb, "write") && !is(verb, "uwrite"))
		return refuse("Only of a write an allocation can fail, not of ", verb);
	if (failure.nth)
		failure_ready(&r);
	if (r.err)
		return tell("fail", &r, &extra);
	const char *wrong = as_step(&line, argument, n);
	char *token[MAX_TOKENS];
	int taken = 0, tokens = wrong ? 0 : split(line.bytes, token);
	if (!wrong)
		wrong = tokens < 1 ? "There are too many words."
				   : do_step(token, tokens, NULL, 0, &taken, &r, &extra);
	if (wrong)
		return refuse(wrong, "");
	failure_end(&failures);
	if (failures.length && !failure.happened)
		fputs("agent: it makes fewer allocations; none failed\n", stderr);
	return tell(verb, &r, &extra);
}
