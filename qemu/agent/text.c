// SPDX-License-Identifier: Apache-2.0
// Text that grows, JSON, and the lines of a request.
#include "agent.h"

struct text out;

void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

// What is larger than the agent has room for is told, never cut.
void too_much(const char *what)
{
	errno = EOVERFLOW;
	die(what);
}

void reserve(struct text *t, size_t more)
{
	if (t->length + more <= t->capacity)
		return;
	t->capacity = (t->length + more) * 2;
	t->bytes = realloc(t->bytes, t->capacity);
	if (!t->bytes)
		die("realloc");
}

__attribute__((format(printf, 2, 3))) void put(struct text *t, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	size_t need = (size_t)vsnprintf(NULL, 0, format, args) + 1;
	reserve(t, need);
	vsnprintf(t->bytes + t->length, need, format, again);
	t->length += need - 1;
	va_end(again);
	va_end(args);
}

// A JSON string; a byte that is not printable ASCII becomes \u00XX, so any bytes survive.
void put_string(struct text *t, const char *bytes, size_t length)
{
	reserve(t, length * 6 + 3);
	char *p = t->bytes + t->length;
	*p++ = '"';
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c == '"' || c == '\\') {
			*p++ = '\\';
			*p++ = (char)c;
		} else if (c >= 0x20 && c < 0x7f) {
			*p++ = (char)c;
		} else {
			p += sprintf(p, "\\u%04x", c);
		}
	}
	*p++ = '"';
	t->length = (size_t)(p - t->bytes);
}

void put_text(struct text *t, const char *key, const char *value)
{
	put(t, "\"%s\":", key);
	if (value) {
		put_string(t, value, strlen(value));
	} else {
		put(t, "null");
	}
}

// The name of an errno; the kernel's internal ones leak out of some drivers (ENOTSUPP above all).
const char *errno_name(int e)
{
	static char other[24];
	switch (e) {
	case 0:
		return NULL;
	case 512:
		return "ERESTARTSYS";
	case 513:
		return "ERESTARTNOINTR";
	case 514:
		return "ERESTARTNOHAND";
	case 515:
		return "ENOIOCTLCMD";
	case 516:
		return "ERESTART_RESTARTBLOCK";
	case 517:
		return "EPROBE_DEFER";
	case 518:
		return "EOPENSTALE";
	case 519:
		return "ENOPARAM";
	case 524:
		return "ENOTSUPP";
	}
	const char *name = strerrorname_np(e);
	if (name)
		return name;
	snprintf(other, sizeof other, "E%d", e);
	return other;
}

void put_errno(struct text *t, int e)
{
	put_text(t, "errno", errno_name(e));
}

// Writes what is in `out` as one line.
void send_line(void)
{
	put(&out, "\n");
	for (size_t done = 0; done < out.length;) {
		ssize_t n = write(STDOUT_FILENO, out.bytes + done, out.length - done);
		if (n < 0 && errno != EINTR)
			exit(1);
		if (n > 0)
			done += (size_t)n;
	}
	out.length = 0;
}

__attribute__((format(printf, 1, 2))) void send_error(const char *format, ...)
{
	char sentence[400];
	va_list args;
	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	put(&out, "{");
	put_text(&out, "error", sentence);
	put(&out, "}");
	send_line();
}

// Splits a line at single blanks, in place. Returns the number of tokens, -1 when there are too
// many. An empty token (two blanks) stays one, so that it is refused where it is used.
int split(char *line, char **token)
{
	int n = 0;
	if (!*line)
		return 0;
	for (char *rest = line; rest;) {
		if (n == MAX_TOKENS)
			return -1;
		token[n++] = strsep(&rest, " ");
	}
	return n;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

// Decodes `=percent-encoded` in place. False when it is malformed.
bool decode(char *token, char **bytes, size_t *length)
{
	if (*token != '=')
		return false;
	char *to = *bytes = token + 1;
	for (char *from = token + 1; *from; from++) {
		if (*from == '%') {
			int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
			if (low < 0)
				return false;
			*to++ = (char)(high << 4 | low);
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*length = (size_t)(to - *bytes);
	return true;
}

bool number(const char *token, uint64_t *value)
{
	char *end;
	if (!token || *token < '0' || *token > '9')
		return false;
	errno = 0;
	*value = strtoull(token, &end, 0);
	return !errno && !*end;
}

// The number of an errno by its name, or 0.
int errno_number(const char *name)
{
	for (int e = 1; e < 134; e++) {
		const char *known = strerrorname_np(e);
		if (known && strcmp(known, name) == 0)
			return e;
	}
	return 0;
}

int signal_number(const char *name)
{
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (int s = 1; s < 32; s++) {
		if (strcmp(sigabbrev_np(s), name) == 0)
			return s;
	}
	return 0;
}
