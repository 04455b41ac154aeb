// SPDX-License-Identifier: Apache-2.0
// Memory of a node that is held, and what is filled and read back.
#include "agent.h"
struct held held[MAX_HELD];
size_t page;

struct held *held_find(const char *id)
{
	for (int i = 0; i < MAX_HELD; i++) {
		if (strcmp(held[i].id, id) == 0)
			return &held[i];
	}
	return NULL;
}

void held_drop(struct held *h)
{
	if (h->map)
		munmap(h->map, h->bytes);
	if (h->pipe[0] >= 0)
		close(h->pipe[0]), close(h->pipe[1]);
	if (h->file >= 0)
		close(h->file);
	free(h->chunk);
	memset(h, 0, sizeof *h);
}

// Memory, of a file or anonymous (-1), that prefers a node. Not MPOL_BIND: when the node is full,
// memory shall come from elsewhere (and be noticed) instead of waking the OOM killer.
char *map_on(int node, size_t bytes, int file)
{
	unsigned long mask[16] = {0};
	int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
	if (map == MAP_FAILED)
		return NULL;
	mask[node / 64] = 1UL << (node % 64);
	if (syscall(SYS_mbind, map, bytes, MPOL_PREFERRED, mask, sizeof mask * 8, 0) ||
	    madvise(map, bytes, MADV_NOHUGEPAGE) || madvise(map, bytes, MADV_DONTFORK)) {
		int e = errno == EINVAL ? ENOMEM
					: errno; // mbind says EINVAL of a node without any memory
		munmap(map, bytes);
		errno = e;
		return NULL;
	}
	return map;
}

int node_at(const void *address)
{
	int node = -1;
	if (syscall(SYS_get_mempolicy, &node, NULL, 0UL, address, MPOL_F_NODE | MPOL_F_ADDR))
		return -1;
	return node;
}

// The page frame of a mapped page, or 0.
uint64_t frame_at(int pagemap, const char *address)
{
	uint64_t entry = 0;
	*(const volatile char *)address;
	off_t place = (off_t)((uintptr_t)address / page * sizeof entry);
	if (pread(pagemap, &entry, sizeof entry, place) != sizeof entry)
		return 0;
	return entry & ((UINT64_C(1) << 55) - 1);
}

static bool in_device(uint64_t address)
{
	for (int i = 0; i < device.ranges; i++) {
		if (address >= device.range[i].start && address <= device.range[i].end)
			return true;
	}
	return false;
}

// How much memory of the node has to be looked through for a page of the device: all that dax
// devices give to it.
size_t searched(void)
{
	uint64_t blocks = 0;
	for (int i = 0; i < device.ranges; i++)
		blocks += device.range[i].blocks;
	for (int n = 0; n < neighbours; n++) {
		for (int i = 0; i < neighbour[n].ranges; i++)
			blocks += neighbour[n].range[i].blocks;
	}
	return blocks * block_size < CHUNK ? 256 << 20 : blocks * block_size;
}

static uint64_t pattern(uint64_t seed, uint64_t i)
{
	uint64_t x = (seed + i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	return x ^ x >> 29;
}

// What stands in a chunk of a fill. Returns how many bytes of the fill it has.
static size_t fill_pattern(const struct held *h, size_t chunk, uint64_t *words)
{
	size_t bytes = h->bytes - chunk * CHUNK < CHUNK ? h->bytes - chunk * CHUNK : CHUNK;
	for (size_t i = 0; i < bytes / 8; i++)
		words[i] = pattern(h->seed, chunk * (CHUNK / 8) + i);
	return bytes;
}

// Memory of the device itself, chunk by chunk as for a pin. What the search finds elsewhere is
// given back. It is written and read by calls on the file: no page is cleared before it is written,
// and actors can verify it too.
void do_fill(struct result *r, struct held *h, int node, uint64_t bytes, uint64_t seed,
	     struct text *extra)
{
	static uint64_t words[CHUNK / 8];
	int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	size_t all = searched() / CHUNK + 1, wanted_chunks = (bytes + CHUNK - 1) / CHUNK, at = 0;
	struct held f = {.bytes = bytes, .pipe = {-1, -1}, .seed = seed};
	r->t0 = now();
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	f.file = memfd_create("fill", MFD_CLOEXEC);
	f.chunk = calloc(wanted_chunks, sizeof *f.chunk);
	bool room = f.chunk && f.file >= 0 && !ftruncate(f.file, (off_t)(all * CHUNK));
	char *map = room && pagemap >= 0 ? map_on(node, all * CHUNK, f.file) : NULL;
	if (!map)
		failed(r, "mbind");
	errno = ENOMEM; // when all was searched
	for (; map && f.chunks < wanted_chunks && at < all && !alarmed; at++) {
		char *begin = map + at * CHUNK;
		if (fallocate(f.file, 0, (off_t)(at * CHUNK), CHUNK))
			break;
		if (!in_device(frame_at(pagemap, begin) * page)) {
			if (node_at(begin) != node)
				break;
			continue;
		}
		size_t size = fill_pattern(&f, f.chunks, words), inside = 0;
		if (pwrite(f.file, words, size, (off_t)(at * CHUNK)) != (ssize_t)size)
			break;
		while (inside < size && in_device(frame_at(pagemap, begin + inside) * page))
			inside += page;
		if (inside >= size)
			f.chunk[f.chunks++] = (uint32_t)at;
	}
	if (map && f.chunks < wanted_chunks) {
		if (alarmed)
			errno = EINTR;
		failed(r, "search");
	} else if (map) {
		for (size_t i = 0, next = 0; i < at; i++) {
			if (next < f.chunks && f.chunk[next] == i) {
				next++;
			} else {
				fallocate(f.file, hole, (off_t)(i * CHUNK), CHUNK);
			}
		}
		r->t1 = now();
		put(extra, ",\"searched\":%zu", at * CHUNK);
	}
	if (map)
		munmap(map, all * CHUNK);
	if (pagemap >= 0)
		close(pagemap);
	if (r->err) {
		held_drop(&f);
	} else {
		*h = f;
	}
}

void do_verify(struct result *r, const struct held *h, struct text *extra)
{
	static uint64_t expected[CHUNK / 8], found[CHUNK / 8];
	uint64_t bad = 0;
	r->t0 = now();
	for (size_t c = 0; c < h->chunks && !alarmed; c++) {
		size_t size = fill_pattern(h, c, expected);
		off_t place = (off_t)h->chunk[c] * CHUNK;
		if (pread(h->file, found, size, place) != (ssize_t)size)
			return failed(r, "read");
		for (size_t i = 0; i < size / 8; i++)
			bad += found[i] != expected[i];
	}
	if (alarmed) {
		errno = EINTR;
		return failed(r, NULL);
	}
	if (bad)
		errno = EIO, failed(r, NULL);
	r->t1 = now();
	put(extra, ",\"bad\":%" PRIu64, bad);
}
