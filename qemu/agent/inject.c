// SPDX-License-Identifier: Apache-2.0
// Failures on demand, and a range more on demand.
#include "agent.h"

int load(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	long result = syscall(SYS_finit_module, fd, "", 0);
	int e = errno;
	close(fd);
	errno = e;
	return result && e != EEXIST ? -1 : 0;
}

// As modprobe(8) does it, where that is.
static int modprobe(const char *name)
{
	int status;
	pid_t child = fork();
	if (!child) {
		execlp("modprobe", "modprobe", name, NULL);
		_exit(127);
	}
	errno = ENOENT;
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

// A module of our initramfs, or else of the machine.
void do_load(struct result *r, const char *name)
{
	char path[200];
	snprintf(path, sizeof path, MODULES "%s.ko", name);
	r->t0 = now();
	if (access(path, R_OK) ? modprobe(name) : load(path))
		return failed(r, NULL);
	r->t1 = now();
}

// The kernel's own means; in our initramfs, or loaded by someone already.
bool can_inject(void)
{
	return access(MODULES "memory_notifier_error_inject.ko", R_OK) == 0 ||
	       access(INJECT, F_OK) == 0;
}

// Makes the kernel's memory notifiers answer an action with an error, or with none (0).
void do_inject(struct result *r, const char *action, int error)
{
	char path[200], value[20];
	r->t0 = now();
	if (access(INJECT, F_OK)) {
		if (!error)
			return (void)(r->t1 = now()); // nothing was ever injected
		if (mount("debugfs", DEBUGFS, "debugfs", 0, NULL) && errno != EBUSY)
			return failed(r, "mount");
		// Only the second one is needed where the first is built in.
		load(MODULES "notifier_error_inject.ko");
		if (access(INJECT, F_OK) && load(MODULES "memory_notifier_error_inject.ko") &&
		    (!by_hand || modprobe("memory_notifier_error_inject"))) {
			return failed(r, "finit_module");
		}
	}
	snprintf(path, sizeof path, INJECT "%s/error", action);
	int length = snprintf(value, sizeof value, "%d", -error);
	file_write(r, path, value, (size_t)length, -1, false);
	if (!r->err)
		r->ret = 0;
}

// Whether the kernel can make an allocation of ours fail.
bool can_fail(void)
{
	return access(FAIL_NTH, W_OK) == 0;
}

// What is to fail: `slab:N` or `page:N`. False when it is neither.
bool failure_of(const char *text)
{
	failure.page = strncmp(text, "page:", 5) == 0;
	return (failure.page || strncmp(text, "slab:", 5) == 0) &&
	       number(text + 5, &failure.nth) && failure.nth && failure.nth <= INT32_MAX;
}

// The kernel counts whatever may fail; so what is not meant must not be able to. It is silent.
void failure_ready(struct result *r)
{
	static const struct {
		const char *file, *slab, *page;
	} setting[] = {
		{DEBUGFS "/failslab/verbose", "0", "0"},
		{DEBUGFS "/failslab/ignore-gfp-wait", "0", "0"},
		{DEBUGFS "/failslab/cache-filter", "0", "1"},
		{DEBUGFS "/fail_page_alloc/verbose", "0", "0"},
		{DEBUGFS "/fail_page_alloc/ignore-gfp-wait", "0", "0"},
		{DEBUGFS "/fail_page_alloc/ignore-gfp-highmem", "0", "0"},
		{DEBUGFS "/fail_page_alloc/min-order", "31", "0"},
	};
	failure.happened = false;
	if (access(setting[0].file, F_OK) && mount("debugfs", DEBUGFS, "debugfs", 0, NULL) &&
	    errno != EBUSY) {
		return failed(r, "mount");
	}
	for (size_t i = 0; i < sizeof setting / sizeof *setting; i++) {
		const char *value = failure.page ? setting[i].page : setting[i].slab;
		file_write(r, setting[i].file, value, strlen(value), -1, false);
		if (r->err)
			return (void)(r->at = strrchr(setting[i].file, '/') + 1);
	}
	*r = (struct result){0};
	failure.file = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (failure.file < 0)
		failed(r, "fail-nth");
}

// Nothing fails any more; tells whether something did.
void failure_end(struct text *extra)
{
	if (failure.file >= 0) {
		close(failure.file);
		put(extra, ",\"failed\":%s", failure.happened ? "true" : "false");
	}
	failure.file = -1;
	failure.nth = 0;
}

// Whether kmemleak logs what it finds.
bool can_find_leaks(void)
{
	char value[4] = "";
	return slurp("/sys/module/kmemleak/parameters/verbose", value, sizeof value) > 0 &&
	       *value == 'Y';
}

// Makes kmemleak search. The first scan marks what is new, the second one reports it.
void do_leaks(struct result *r)
{
	r->t0 = now();
	if (!can_find_leaks())
		return (void)(r->t1 = r->t0);
	if (access(KMEMLEAK, F_OK) && mount("debugfs", DEBUGFS, "debugfs", 0, NULL))
		return failed(r, "mount");
	int64_t t0 = r->t0;
	file_write(r, KMEMLEAK, "scan", 4, -1, false);
	if (!r->err && pause_us(LEAK_AGE_MS * UINT64_C(1000)))
		return failed(r, NULL);
	if (!r->err)
		file_write(r, KMEMLEAK, "scan", 4, -1, false);
	r->t0 = t0;
	if (!r->err)
		r->ret = 0;
}

// Whether the helper can be had, or was loaded already.
bool can_help(void)
{
	return access(PARAMETERS "errno", F_OK) == 0 || access(HELPER, R_OK) == 0;
}

// Sets a parameter of the helper.
static bool set(struct result *r, const char *parameter, const char *value)
{
	char path[100];
	snprintf(path, sizeof path, PARAMETERS "%s", parameter);
	file_write(r, path, value, strlen(value), -1, false);
	if (!r->err)
		r->ret = 0;
	return !r->err;
}

// Loads the helper unless it is. False with the result when that fails, or was not needed to have
// nothing go wrong.
static bool helper_ready(struct result *r, bool nothing, struct text *extra)
{
	r->t0 = now();
	if (access(PARAMETERS "errno", F_OK) == 0)
		return true;
	if (nothing) {
		r->t1 = now();
	} else if (access(HELPER, R_OK)) {
		failed(r, "open");
	} else if (load(HELPER)) {
		failed(r, "finit_module");
	} else {
		put(extra, ",\"loaded\":true");
		return true;
	}
	return false;
}

// Adding memory that begins at `start` fails with the error, or with none (0).
void do_addfail(struct result *r, uint64_t start, int error, struct text *extra)
{
	char value[30];
	if (!helper_ready(r, !error, extra) || !set(r, "errno", "0") || !error)
		return;
	snprintf(value, sizeof value, "0x%" PRIx64, start);
	if (!set(r, "start", value))
		return;
	snprintf(value, sizeof value, "%d", error);
	set(r, "errno", value);
}

void do_occupy(struct result *r, bool nothing, uint64_t start, uint64_t end, struct text *extra)
{
	char value[60] = "nothing";
	if (!helper_ready(r, nothing, extra))
		return;
	if (!nothing)
		snprintf(value, sizeof value, "0x%" PRIx64 "-0x%" PRIx64, start, end);
	set(r, "occupy", value);
}

// Adding or removing memory takes so much longer; of neither where what is NULL.
void do_delay(struct result *r, const char *what, uint64_t ms, struct text *extra)
{
	char value[30], name[20];
	if (!helper_ready(r, !what, extra))
		return;
	if (!what) {
		if (set(r, "delay_add", "0"))
			set(r, "delay_remove", "0");
		return;
	}
	snprintf(name, sizeof name, "delay_%s", what);
	snprintf(value, sizeof value, "%" PRIu64, ms);
	set(r, name, value);
}

// Asks for one memory block of the region behind the last range of a device. What other devices of
// the region have is seen by their mappings, whether a driver has them or not.
void do_remap(struct result *r, const char *name, struct text *extra)
{
	static struct dax all[MAX_NEIGHBOURS + 1];
	char path[100], value[60], region[40];
	int devices = 0;
	uint64_t low = UINT64_MAX, last = 0;
	r->t0 = now();
	snprintf(region, sizeof region, "%.*s", (int)strcspn(name, "."), name);
	DIR *folder = opendir(DAX);
	if (!folder)
		return failed(r, "opendir");
	for (struct dirent *e; (e = readdir(folder));) {
		size_t length = strlen(region);
		if (!is_device(e->d_name) || strncmp(e->d_name, region, length) ||
		    e->d_name[length] != '.') {
			continue;
		}
		if (devices > MAX_NEIGHBOURS)
			too_much(DAX);
		struct dax *d = &all[devices];
		if (!read_device(d, e->d_name))
			continue;
		close(d->folder);
		devices++;
		for (int i = 0; i < d->ranges; i++) {
			if (d->range[i].start < low)
				low = d->range[i].start;
			if (strcmp(d->name, name) == 0 && d->range[i].end > last)
				last = d->range[i].end;
		}
	}
	closedir(folder);
	errno = ENOENT;
	if (!last)
		return failed(r, "device");
	// Where the region begins is told by its parent; else the lowest range is taken for its
	// begin.
	uint64_t first = number_in(DAX "%s/../../resource", name);
	uint64_t size = number_in(DAX "%s/../dax_region/size", name);
	errno = ENOENT;
	if (size == UINT64_MAX)
		return failed(r, "region");
	uint64_t end = (first == UINT64_MAX ? low : first) + size;
	uint64_t at = (last + block_size) / block_size * block_size;
	for (bool taken = true; taken;) {
		taken = false;
		for (int d = 0; d < devices; d++) {
			for (int i = 0; i < all[d].ranges; i++) {
				if (at > all[d].range[i].end ||
				    at + block_size - 1 < all[d].range[i].start)
					continue;
				at = (all[d].range[i].end + block_size) / block_size * block_size;
				taken = true;
			}
		}
	}
	errno = ENOSPC;
	if (at + block_size > end)
		return failed(r, "search");
	snprintf(path, sizeof path, DAX "%s/mapping", name);
	int length =
		snprintf(value, sizeof value, "0x%" PRIx64 "-0x%" PRIx64, at, at + block_size - 1);
	file_write(r, path, value, (size_t)length, -1, false);
	if (!r->err)
		r->ret = 0;
	put(extra, ",\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64 "\"", at,
	    at + block_size - 1);
}
