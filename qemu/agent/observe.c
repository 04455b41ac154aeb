// SPDX-License-Identifier: Apache-2.0
// The device, and what can be seen of it.
#include "agent.h"

struct dax device;
struct dax neighbour[MAX_NEIGHBOURS]; // the other dax devices
int neighbours;

uint64_t block_size;
// Open as long as the agent runs: what attributes and blocks have comes and goes, these do not.
int memory_folder, policy_file, taint_file, iomem_file, kmsg, uevents;
const char *const aspects[] = {"attr",	 "blocks", "mem", "iomem",   "driver",
			       "policy", "taint",  "log", "uevents", "neighbours"};
unsigned wanted = ALL;

// The driver that a device is bound to, or NULL. The next call overwrites it.
const char *driver_of(const struct dax *d)
{
	static char target[200];
	ssize_t n = readlinkat(d->folder, "driver", target, sizeof target - 1);
	if (n <= 0)
		return NULL;
	target[n] = 0;
	return strrchr(target, '/') + 1;
}

static void add_range(struct dax *d, uint64_t start, uint64_t end)
{
	uint64_t first = (start + block_size - 1) / block_size, last = (end + 1) / block_size;
	d->range[d->ranges].start = start;
	d->range[d->ranges].end = end;
	d->range[d->ranges].first = first;
	d->range[d->ranges++].blocks = last > first ? last - first : 0;
}

bool is_device(const char *name)
{
	int region, instance, length = 0;
	return sscanf(name, "dax%d.%d%n", &region, &instance, &length) == 2 && !name[length] &&
	       length <= 20;
}

// Reads what is known of a device; false when it is not there.
bool read_device(struct dax *d, const char *name)
{
	char path[100];
	snprintf(path, sizeof path, DAX "%s", name);
	int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return false;
	memset(d, 0, sizeof *d);
	strcpy(d->name, name);
	d->folder = folder;
	uint64_t node = number_in(DAX "%s/target_node", name);
	d->node = node > 1023 ? -1 : (int)node;
	for (int i = 0; i < MAX_RANGES; i++) {
		uint64_t start = number_in(DAX "%s/mapping%d/start", name, i);
		if (start != UINT64_MAX)
			add_range(d, start, number_in(DAX "%s/mapping%d/end", name, i));
	}
	if (number_in(DAX "%s/mapping%d/start", name, MAX_RANGES) != UINT64_MAX)
		too_much(path);
	if (!d->ranges) { // a kernel without mappings: one range
		uint64_t start = number_in(DAX "%s/resource", name),
			 size = number_in(DAX "%s/size", name);
		if (start != UINT64_MAX && size != UINT64_MAX && size)
			add_range(d, start, start + size - 1);
	}
	const char *driver = driver_of(d);
	d->kmem = driver && strcmp(driver, "kmem") == 0;
	return true;
}

static void observe_attributes(struct text *t)
{
	static const char *const names[] = {"state", "hotplug"};
	put(t, "\"attrs\":[");
	for (int i = 0; i < 2; i++) {
		char value[4097];
		struct stat s;
		put(t, "%s{\"name\":\"%s\",", i ? "," : "", names[i]);
		int fd = openat(device.folder, names[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &s)) {
			put_errno(t, errno);
		} else {
			ssize_t n = read(fd, value, sizeof value);
			int e = errno;
			put(t, "\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u,", s.st_mode & 07777,
			    s.st_uid, s.st_gid);
			put_errno(t, n < 0 ? e : 0);
			if (n >= 0) {
				put(t, ",\"text\":");
				put_string(t, value, (size_t)n);
			}
		}
		if (fd >= 0)
			close(fd);
		put(t, "}");
	}
	put(t, "]");
}

// The node of a block is a link nodeN in its folder; it is the device's node unless memory leaked.
static int node_of(uint64_t block)
{
	char path[100];
	int node = -1;
	snprintf(path, sizeof path, MEMORY "memory%" PRIu64 "/node%d", block, device.node);
	if (faccessat(memory_folder, path + sizeof MEMORY - 1, F_OK, 0) == 0)
		return device.node;
	*strrchr(path, '/') = 0;
	DIR *folder = opendir(path);
	if (!folder)
		return -1;
	for (struct dirent *e; (e = readdir(folder));) {
		if (sscanf(e->d_name, "node%d", &node) == 1)
			break;
	}
	closedir(folder);
	return node;
}

static void observe_blocks(struct text *t)
{
	const char *comma = "";
	put(t, "\"blocks\":[");
	for (int i = 0; i < device.ranges; i++) {
		for (uint64_t b = device.range[i].first;
		     b < device.range[i].first + device.range[i].blocks; b++) {
			char path[100], value[100];
			snprintf(path, sizeof path, "memory%" PRIu64 "/state", b);
			if (slurp_at(memory_folder, path, value, sizeof value) < 0)
				continue;
			put(t, "%s{\"block\":%" PRIu64 ",", comma, b);
			put_text(t, "state", value);
			snprintf(path, sizeof path, "memory%" PRIu64 "/valid_zones", b);
			put(t, ",");
			long n = slurp_at(memory_folder, path, value, sizeof value);
			put_text(t, "zones", n < 0 ? NULL : value);
			put(t, ",\"node\":%d}", node_of(b));
			comma = ",";
		}
	}
	put(t, "]");
}

static struct {
	uint64_t start, end;
	size_t depth;
	const char *name;
} iomem[MAX_IOMEM];
static int iomem_lines;

static void read_iomem(void)
{
	static char all[MAX_IOMEM_BYTES + 1];
	ssize_t length = 0, n;
	do {
		n = pread(iomem_file, all + length, (size_t)(MAX_IOMEM_BYTES - length), length);
		if (n > 0)
			length += n;
	} while (n > 0);
	if (length == MAX_IOMEM_BYTES)
		too_much("/proc/iomem");
	all[length] = 0;
	iomem_lines = 0;
	for (char *rest = all, *line; (line = strsep(&rest, "\n"));) {
		size_t blanks = strspn(line, " ");
		char *p, *name = strstr(line, " : ");
		if (!name)
			continue;
		if (iomem_lines == MAX_IOMEM)
			too_much("/proc/iomem");
		uint64_t start = strtoull(line + blanks, &p, 16);
		iomem[iomem_lines].start = start;
		iomem[iomem_lines].end = *p == '-' ? strtoull(p + 1, NULL, 16) : 0;
		iomem[iomem_lines].depth = blanks / 2;
		iomem[iomem_lines++].name = name + 3;
	}
}

// Whether a line of iomem lies within a range of the device, crosses a border of one, or has the
// device's name, or stands below such a name: what a faulty driver adds may reach beyond the range.
static bool iomem_of(const struct dax *d, int line)
{
	for (int i = 0; i < d->ranges; i++) {
		uint64_t start = d->range[i].start, end = d->range[i].end;
		bool all = iomem[line].start <= start && iomem[line].end >= end;
		bool same = iomem[line].start == start && iomem[line].end == end;
		if (iomem[line].start <= end && iomem[line].end >= start && (!all || same))
			return true;
	}
	for (size_t depth = iomem[line].depth + 1; line >= 0 && depth; line--) {
		if (iomem[line].depth >= depth)
			continue;
		if (strcmp(iomem[line].name, d->name) == 0)
			return true;
		depth = iomem[line].depth;
	}
	return false;
}

static void observe_iomem(struct text *t)
{
	const char *comma = "";
	put(t, "\"iomem\":[");
	for (int i = 0; i < iomem_lines; i++) {
		if (!iomem_of(&device, i))
			continue;
		put(t, "%s{\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64 "\",", comma,
		    iomem[i].start, iomem[i].end);
		put_text(t, "name", iomem[i].name);
		put(t, ",\"depth\":%zu}", iomem[i].depth);
		comma = ",";
	}
	put(t, "]");
}

// Of an offline block no zones are told: which ones it could join depends on other blocks.
static void tell_blocks(struct text *t, const struct dax *d)
{
	const char *comma = "";
	for (int i = 0; i < d->ranges; i++) {
		for (uint64_t k = 0; k < d->range[i].blocks; k++) {
			uint64_t b = d->range[i].first + k;
			char path[100], state[100], zones[100];
			snprintf(path, sizeof path, "memory%" PRIu64 "/state", b);
			if (slurp_at(memory_folder, path, state, sizeof state) < 0)
				continue;
			put(t, "%s memory%" PRIu64 " %s", comma, b, state);
			comma = ",";
			if (strcmp(state, "online") != 0)
				continue;
			snprintf(path, sizeof path, "memory%" PRIu64 "/valid_zones", b);
			if (slurp_at(memory_folder, path, zones, sizeof zones) > 0)
				put(t, " %s", zones);
		}
	}
	if (!*comma)
		put(t, " no blocks");
}

// All the other devices that are bound to kmem, or were when the device was selected, as one text.
static void tell_neighbours(struct text *t)
{
	for (int i = 0; i < neighbours; i++) {
		const struct dax *d = &neighbour[i];
		const char *driver = driver_of(d), *comma = "";
		char word[100];
		if (!d->kmem && (!driver || strcmp(driver, "kmem") != 0))
			continue;
		put(t, "%s%s %s", t->length ? " | " : "", d->name, driver ? driver : "none");
		if (slurp_at(d->folder, "state", word, sizeof word) >= 0 ||
		    slurp_at(d->folder, "hotplug", word, sizeof word) >= 0) {
			put(t, " %s", word);
		}
		put(t, ":");
		tell_blocks(t, d);
		put(t, "; iomem");
		for (int line = 0; line < iomem_lines; line++) {
			if (!iomem_of(d, line))
				continue;
			put(t, "%s %s", comma, iomem[line].name);
			comma = ",";
		}
	}
}

static void observe_neighbours(struct text *t)
{
	static struct text told;
	told.length = 0;
	tell_neighbours(&told);
	put(t, "\"neighbours\":");
	put_string(t, told.bytes ? told.bytes : "", told.length);
}

// The same for a person.
void put_neighbours(struct text *t)
{
	read_iomem();
	tell_neighbours(t);
}

// Records of /dev/kmsg are `level,sequence,us,flags;text`, then lines of tags.
static void observe_log(struct text *t)
{
	char record[16384];
	const char *comma = "";
	bool lost = false;
	put(t, "\"log\":[");
	for (;;) {
		ssize_t n = read(kmsg, record, sizeof record - 1);
		if (n < 0 && errno == EPIPE) {
			lost = true;
			continue;
		}
		if (n < 0)
			break;
		record[n] = 0;
		unsigned level = 0;
		uint64_t us = 0;
		sscanf(record, "%u,%*u,%" SCNu64, &level, &us);
		char *message = strchr(record, ';');
		if (!message)
			continue;
		message[strcspn(message, "\n")] = 0;
		put(t, "%s{\"level\":%u,\"us\":%" PRIu64 ",", comma, level & 7, us);
		put_text(t, "text", message + 1);
		put(t, "}");
		comma = ",";
	}
	put(t, "],\"lost\":%s", lost ? "true" : "false");
}

// A message is `action@devpath` and then strings KEY=value, each ended by a NUL.
static void observe_uevents(struct text *t)
{
	char message[8192];
	const char *comma = "";
	bool lost = false;
	put(t, "\"uevents\":[");
	for (;;) {
		ssize_t n = recv(uevents, message, sizeof message - 1, 0);
		if (n < 0 && errno == ENOBUFS) {
			lost = true;
			continue;
		}
		if (n < 0)
			break;
		message[n] = 0;
		char *path = strchr(message, '@');
		if (!path)
			continue;
		*path++ = 0;
		bool ours = false;
		for (char *p = path; p < message + n; p += strlen(p) + 1) {
			ours |= strcmp(p, "SUBSYSTEM=memory") == 0 ||
				strcmp(p, "SUBSYSTEM=dax") == 0;
		}
		if (!ours)
			continue;
		put(t, "%s{", comma);
		put_text(t, "action", message);
		put(t, ",");
		put_text(t, "devpath", path);
		put(t, "}");
		comma = ",";
	}
	put(t, "],\"uevents_lost\":%s", lost ? "true" : "false");
}

// What of the last observation is a state and not an event; the same state is not told twice.
struct text known;

void observe(struct text *t)
{
	char value[100];
	size_t begin = t->length;
	bool selected = device.name[0];
	if (wanted & ATTR && selected)
		observe_attributes(t), put(t, ",");
	if (wanted & DRIVER && selected)
		put_text(t, "driver", driver_of(&device)), put(t, ",");
	if (wanted & POLICY) {
		long n = slurp_open(policy_file, value, sizeof value);
		put_text(t, "policy", n < 0 ? NULL : value);
		put(t, ",");
	}
	if (wanted & MEM) {
		// The same number as MemTotal of /proc/meminfo, in one cheap call.
		struct sysinfo s;
		sysinfo(&s);
		put(t, "\"memtotal_kb\":%lu,", s.totalram / 1024 * s.mem_unit);
	}
	if (wanted & BLOCKS && selected)
		observe_blocks(t), put(t, ",");
	if (wanted & (IOMEM | NEIGHBOURS) && selected)
		read_iomem();
	if (wanted & IOMEM && selected)
		observe_iomem(t), put(t, ",");
	if (wanted & NEIGHBOURS && selected)
		observe_neighbours(t), put(t, ",");
	if (wanted & TAINT) {
		slurp_open(taint_file, value, sizeof value);
		put(t, "\"taint\":%s,", value);
	}
	size_t state = t->length - begin;
	if (state && known.length == state && memcmp(known.bytes, t->bytes + begin, state) == 0) {
		t->length = begin;
		put(t, "\"same\":true,");
	} else if (state) {
		known.length = 0;
		reserve(&known, state);
		memcpy(known.bytes, t->bytes + begin, state);
		known.length = state;
	}
	if (wanted & LOG)
		observe_log(t), put(t, ",");
	if (wanted & UEVENTS)
		observe_uevents(t), put(t, ",");
	if (t->length > begin)
		t->length--;
}
