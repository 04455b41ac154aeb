// SPDX-License-Identifier: Apache-2.0
// A page of a wanted memory block, pinned.
#include "agent.h"

// Where a page for a pin is looked for.
struct search {
	int node, file, pagemap, flags;
	uint64_t start, end;
	char *map; // of all memory that was taken, and the page of it that was found
	char *found;
	size_t bytes;
	uint64_t pfn;
};

// Huge pages of the node that the kernel has set aside, or -1.
static int huge_file(int node)
{
	char path[100];
	snprintf(path, sizeof path,
		 "/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/nr_hugepages", node);
	return open(path, O_RDWR | O_CLOEXEC);
}

static long huge_get(int file)
{
	char value[32] = "";
	return pread(file, value, sizeof value - 1, 0) > 0 ? atol(value) : -1;
}

static bool huge_set(int file, long count)
{
	char value[32];
	int length = snprintf(value, sizeof value, "%ld", count);
	return pwrite(file, value, (size_t)length, 0) == length;
}

// What the kernel tells of a page.
static bool has_flag(const struct search *s, uint64_t pfn, int flag)
{
	uint64_t flags = 0;
	off_t place = (off_t)(pfn * sizeof flags);
	return pread(s->flags, &flags, sizeof flags, place) == sizeof flags && flags >> flag & 1;
}

// How many of the range's huge pages have the flag; of each the first page is looked at.
static long count(const struct search *s, int flag)
{
	long n = 0;
	for (uint64_t a = s->start; a + HUGE_PAGE <= s->end; a += HUGE_PAGE)
		n += has_flag(s, a / page, flag);
	return n;
}

static bool in_range(struct search *s, const char *address)
{
	s->pfn = frame_at(s->pagemap, address);
	return s->pfn * page >= s->start && s->pfn * page < s->end;
}

// Takes one huge page of the node and, where it is of the range, keeps one small page of it. The
// advice makes the kernel split it.
static bool take(struct search *s)
{
	char *map = map_on(s->node, 2 * HUGE_PAGE, -1);
	if (!map)
		return false;
	char *at = map + (HUGE_PAGE - (uintptr_t)map % HUGE_PAGE);
	madvise(at, HUGE_PAGE, MADV_HUGEPAGE);
	*(volatile char *)at = 1;
	if (in_range(s, at) && has_flag(s, s->pfn, KPF_THP))
		madvise(at, page, MADV_COLD);
	if (in_range(s, at) && !has_flag(s, s->pfn, KPF_THP)) {
		munmap(s->map, s->bytes);
		close(s->file);
		s->file = -1;
		s->map = map;
		s->bytes = 2 * HUGE_PAGE;
		s->found = at;
		return true;
	}
	munmap(map, 2 * HUGE_PAGE);
	return false;
}

// The kernel hands out free memory in the order of its lists. So huge pages are set aside, which
// costs some microseconds each since nothing clears them, until one is of the range: then the next
// one often is of it too. A step takes a quarter of the range at most.
static bool skip_to(struct search *s, int huge, long aside)
{
	long step = (long)((s->end - s->start) / 4 / HUGE_PAGE), before = count(s, KPF_HUGE);
	while (step && !alarmed) {
		aside += step;
		if (!huge_set(huge, aside) || huge_get(huge) != aside)
			break;
		long now_of_it = count(s, KPF_HUGE);
		if (now_of_it > before && take(s))
			return true;
		before = now_of_it;
	}
	return false;
}

// Takes memory of the node, chunk by chunk, until a page lies in [start, end). Now and then the
// kernel gives some memory of another node although this one has more; only a lot of it means that
// it is used up.
static bool walk(struct search *s)
{
	size_t foreign = 0;
	errno = ENOMEM; // when no page of the node is left and none was in the range
	for (size_t at = 0; at + CHUNK <= s->bytes && !alarmed; at += CHUNK) {
		if (fallocate(s->file, 0, (off_t)at, CHUNK))
			break;
		s->found = s->map + at;
		if (in_range(s, s->found))
			return true;
		if (node_at(s->found) != s->node && (foreign += CHUNK) > 4 * LARGEST)
			break;
	}
	return false;
}

// First behind huge pages, which come back afterwards. Where those took all of the range that is
// free, each chunk of the node is looked at.
static bool find(struct search *s)
{
	long pages = (long)((s->end - s->start) / HUGE_PAGE);
	if (pages && count(s, KPF_NOPAGE) == pages)
		return errno = ENOMEM, false; // it is offline
	int huge = huge_file(s->node);
	long before = huge < 0 ? -1 : huge_get(huge);
	bool found = before >= 0 && skip_to(s, huge, before);
	if (!found && before >= 0) {
		found = walk(s);
		if (!found)
			fallocate(s->file, PUNCH_HOLE, 0, (off_t)s->bytes);
	}
	int e = errno;
	if (before >= 0)
		huge_set(huge, before);
	if (huge >= 0)
		close(huge);
	errno = e;
	return found || (!alarmed && walk(s));
}

// Gives back all but the page that was found, and holds that one by a pipe.
static void keep(struct result *r, struct held *h, struct search *s)
{
	size_t before = (size_t)(s->found - s->map), behind = s->bytes - before - page;
	struct iovec v = {.iov_base = s->found, .iov_len = page};
	if (before)
		munmap(s->map, before);
	munmap(s->found + page, behind);
	if (s->file >= 0 && before)
		fallocate(s->file, PUNCH_HOLE, 0, (off_t)before);
	if (s->file >= 0)
		fallocate(s->file, PUNCH_HOLE, (off_t)(before + page), (off_t)behind);
	*h = (struct held){.map = s->found, .bytes = page, .pipe = {-1, -1}, .file = -1};
	if (pipe2(h->pipe, O_CLOEXEC) || vmsplice(h->pipe[1], &v, 1, 0) != (ssize_t)page) {
		failed(r, "vmsplice");
		held_drop(h);
	}
}

// Holds a page of the range alone, by a pipe: the kernel can neither free nor migrate it. Where
// much memory is looked through it is a file's, since fallocate does not clear it: emulated CXL
// memory is slow to touch. What is given back waits on a list of its processor for the next who
// asks there, so the search stays on one.
void do_pin(struct result *r, struct held *h, int node, uint64_t start, uint64_t end,
	    struct text *extra)
{
	struct search s = {.node = node, .start = start, .end = end};
	cpu_set_t allowed, one;
	bool moved = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
	r->t0 = now();
	for (int cpu = 0; moved && cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		moved = sched_setaffinity(0, sizeof one, &one) == 0;
		break;
	}
	s.bytes = searched();
	s.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	s.flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	s.file = memfd_create("pin", MFD_CLOEXEC);
	s.map = s.file < 0 || ftruncate(s.file, (off_t)s.bytes) ? NULL
								: map_on(node, s.bytes, s.file);
	if (!s.map || s.pagemap < 0) {
		failed(r, s.map ? "open" : "mbind");
	} else if (!find(&s)) {
		if (alarmed)
			errno = EINTR;
		failed(r, "search");
	} else {
		keep(r, h, &s);
		s.map = NULL;
	}
	if (!r->err) {
		put(extra, ",\"pfn\":%" PRIu64 ",\"block\":%" PRIu64, s.pfn,
		    s.pfn * page / block_size);
	}
	if (s.map)
		munmap(s.map, s.bytes);
	for (int *file = (int[]){s.file, s.flags, s.pagemap, -2}; *file != -2; file++) {
		if (*file >= 0)
			close(*file);
	}
	if (moved)
		sched_setaffinity(0, sizeof allowed, &allowed);
	if (!r->err)
		r->t1 = now();
}
