// SPDX-License-Identifier: Apache-2.0
// The guest's half of daxcheck: does steps on a dax device and observes it. See PROTOCOL.md.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/mempolicy.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  PROTOCOL = 3,
  NOBODY = 65534,
  MAX_TOKENS = 16,
  MAX_LINE = 1 << 20,      // bytes of one request line
  MAX_BATCH = 4096,        // lines of one batch
  MAX_READ = 64 << 10,     // bytes of one read
  MAX_TOLD = 32 << 10,     // bytes of an actor's reply to one line: enough for any sysfs attribute
  MAX_ACTORS = 16,
  MAX_ACTOR_STEPS = 1024,  // of all actors of one step
  MAX_RANGES = 32,
  MAX_NEIGHBOURS = 16,
  MAX_IOMEM = 1024,        // lines
  MAX_HELD = 32,           // pins and fills that exist at a time
  DEFAULT_LIMIT_MS = 10000,
  REAP_MS = 20000,         // how long a killed actor may take to die: onlining is not killable
  TICK_MS = 50,
  CHUNK = 1 << 18,         // bytes that the search of a pin or fill takes at a time
  HOLD_BACK_MS = 50,       // how long a reply may wait for others
  LOOKS_MS = 500,          // between the two looks at what runs over its limit
  ALARM_MS = 800,          // from the limit until such a step is interrupted
  HUNG_MS = 5000,          // from the limit until one that cannot be is told
  SPEED_READS = 200,       // of a file of sysfs, to measure how fast this machine is
  SPEED_BYTES = 4 << 20,   // written for that, to memory of this many rounds
  SPEED_ROUNDS = 16,
  MAX_FRAMES = 8,          // functions of a stack that are told
  LARGEST = 4 << 20,       // bytes of the page allocator's largest piece
  HUGE_PAGE = 2 << 20,
};

// ---- text ----

struct text {
  char *bytes;
  size_t length, capacity;
};

static struct text out;

static void die(const char *what) {
  fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void reserve(struct text *t, size_t more) {
  if (t->length + more <= t->capacity) return;
  t->capacity = (t->length + more) * 2;
  t->bytes = realloc(t->bytes, t->capacity);
  if (!t->bytes) die("realloc");
}

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...) {
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
static void put_string(struct text *t, const char *bytes, size_t length) {
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

static void put_text(struct text *t, const char *key, const char *value) {
  put(t, "\"%s\":", key);
  if (value) {
    put_string(t, value, strlen(value));
  } else {
    put(t, "null");
  }
}

// The name of an errno; the kernel's internal ones leak out of some drivers (ENOTSUPP above all).
static const char *errno_name(int e) {
  static char other[24];
  switch (e) {
    case 0: return NULL;
    case 512: return "ERESTARTSYS";
    case 513: return "ERESTARTNOINTR";
    case 514: return "ERESTARTNOHAND";
    case 515: return "ENOIOCTLCMD";
    case 516: return "ERESTART_RESTARTBLOCK";
    case 517: return "EPROBE_DEFER";
    case 518: return "EOPENSTALE";
    case 519: return "ENOPARAM";
    case 524: return "ENOTSUPP";
  }
  const char *name = strerrorname_np(e);
  if (name) return name;
  snprintf(other, sizeof other, "E%d", e);
  return other;
}

static void put_errno(struct text *t, int e) { put_text(t, "errno", errno_name(e)); }

// Writes what is in `out` as one line.
static void send_line(void) {
  put(&out, "\n");
  for (size_t done = 0; done < out.length;) {
    ssize_t n = write(STDOUT_FILENO, out.bytes + done, out.length - done);
    if (n < 0 && errno != EINTR) exit(1);
    if (n > 0) done += (size_t)n;
  }
  out.length = 0;
}

__attribute__((format(printf, 1, 2))) static void send_error(const char *format, ...) {
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

// ---- requests ----

// Splits a line at single blanks, in place. Returns the number of tokens, -1 when there are too
// many. An empty token (two blanks) stays one, so that it is refused where it is used.
static int split(char *line, char **token) {
  int n = 0;
  if (!*line) return 0;
  for (char *rest = line; rest;) {
    if (n == MAX_TOKENS) return -1;
    token[n++] = strsep(&rest, " ");
  }
  return n;
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decodes `=percent-encoded` in place. False when it is malformed.
static bool decode(char *token, char **bytes, size_t *length) {
  if (*token != '=') return false;
  char *to = *bytes = token + 1;
  for (char *from = token + 1; *from; from++) {
    if (*from == '%') {
      int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
      if (low < 0) return false;
      *to++ = (char)(high << 4 | low);
      from += 2;
    } else {
      *to++ = *from;
    }
  }
  *length = (size_t)(to - *bytes);
  return true;
}

static bool number(const char *token, uint64_t *value) {
  char *end;
  if (!token || *token < '0' || *token > '9') return false;
  errno = 0;
  *value = strtoull(token, &end, 0);
  return !errno && !*end;
}

// The number of an errno by its name, or 0.
static int errno_number(const char *name) {
  for (int e = 1; e < 134; e++) {
    const char *known = strerrorname_np(e);
    if (known && strcmp(known, name) == 0) return e;
  }
  return 0;
}

static int signal_number(const char *name) {
  if (strncmp(name, "SIG", 3) == 0) name += 3;
  for (int s = 1; s < 32; s++) {
    if (strcmp(sigabbrev_np(s), name) == 0) return s;
  }
  return 0;
}

// ---- time ----

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static volatile sig_atomic_t alarmed;

static void on_alarm(int s) {
  (void)s;
  alarmed = 1;
}

static void on_restart(int s) { (void)s; }

// Without SA_RESTART: the signal is to end a system call with EINTR.
static void handle(int s, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(s, &action, NULL);
}

// From `ms` on, SIGALRM comes again and again: one that falls just before a system call is no harm.
static void arm(uint64_t ms) {
  struct itimerval t = {.it_interval = {.tv_usec = ms ? TICK_MS * 1000 : 0},
                        .it_value = {.tv_sec = (time_t)(ms / 1000),
                                     .tv_usec = (suseconds_t)(ms % 1000 * 1000)}};
  alarmed = 0;
  setitimer(ITIMER_REAL, &t, NULL);
}

// Non-zero when a signal ended it early.
static int pause_us(uint64_t us) {
  struct timespec t = {.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000 * 1000)};
  return nanosleep(&t, NULL);
}

// ---- files ----

// What came out of a step: `ns` is the time of the system call that matters, not of the open.
struct result {
  long ret;
  int err;
  const char *at;  // the call that failed, when it is not the step's own
  int64_t t0, t1;
};

static void failed(struct result *r, const char *at) {
  r->ret = -1;
  r->err = errno;
  r->at = at;
  r->t1 = now();
  if (!r->t0) r->t0 = r->t1;
}

static void become(uid_t id) {
  // The group first when privileges go, last when they come back.
  if (id && setegid(id)) die("setegid");
  if (seteuid(id)) die("seteuid");
  if (!id && setegid(id)) die("setegid");
}

// The step begins with the open: a file that was opened before an unbind answers ENODEV behind it.
static void file_write(struct result *r, const char *path, const char *data, size_t length,
                       int64_t offset, bool unprivileged) {
  if (unprivileged) become(NOBODY);
  r->t0 = now();
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    failed(r, "open");
  } else {
    r->ret = offset < 0 ? write(fd, data, length) : pwrite(fd, data, length, offset);
    r->err = r->ret < 0 ? errno : 0;
    r->t1 = now();
    close(fd);
  }
  if (unprivileged) become(0);
}

// Reads until the end or `capacity`; an attribute is one read and one more for the end of the file.
static void file_read(struct result *r, const char *path, char *data, size_t capacity,
                      bool unprivileged) {
  if (unprivileged) become(NOBODY);
  r->t0 = now();
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    failed(r, "open");
  } else {
    size_t length = 0;
    ssize_t n = 1;
    while (n > 0 && length < capacity) {
      n = read(fd, data + length, capacity - length);
      if (n > 0) length += (size_t)n;
    }
    r->ret = n < 0 ? -1 : (long)length;
    r->err = n < 0 ? errno : 0;
    r->t1 = now();
    close(fd);
  }
  if (unprivileged) become(0);
}

// One read at the start of an open small file, as a string without its newline. Returns the length
// or -errno. The kernel makes the text anew, so a file that never goes away may stay open.
static long slurp_open(int fd, char *data, size_t capacity) {
  ssize_t n = pread(fd, data, capacity - 1, 0);
  if (n < 0) return -errno;
  if (n > 0 && data[n - 1] == '\n') n--;
  data[n] = 0;
  return n;
}

static long slurp_at(int folder, const char *path, char *data, size_t capacity) {
  int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  long n = slurp_open(fd, data, capacity);
  close(fd);
  return n;
}

static long slurp(const char *path, char *data, size_t capacity) {
  return slurp_at(AT_FDCWD, path, data, capacity);
}

__attribute__((format(printf, 1, 2))) static uint64_t number_in(const char *format, ...) {
  char path[300], value[64];
  va_list args;
  va_start(args, format);
  vsnprintf(path, sizeof path, format, args);
  va_end(args);
  if (slurp(path, value, sizeof value) <= 0) return UINT64_MAX;
  return strtoull(value, NULL, 0);
}

// ---- observation ----

#define MEMORY "/sys/devices/system/memory/"
#define DAX "/sys/bus/dax/devices/"
#define MODULES "/lib/daxcheck/modules/"
#define HELPER "/lib/daxcheck/helper/daxcheck.ko"
#define PARAMETERS "/sys/module/daxcheck/parameters/"
#define INJECT "/sys/kernel/debug/notifier-error-inject/memory/actions/"

struct dax {
  char name[32];
  int folder;  // the device's; a walk through the links to it costs as much as the rest of a read
  int node;
  int ranges;
  struct {
    uint64_t start, end;  // physical addresses, end included
    uint64_t first, blocks;
  } range[MAX_RANGES];
  bool kmem;  // when it was selected
};

static struct dax device;
static struct dax neighbour[MAX_NEIGHBOURS];  // the other dax devices
static int neighbours;

static uint64_t block_size;
// Open as long as the agent runs: what attributes and blocks have comes and goes, these do not.
static int memory_folder, policy_file, taint_file, iomem_file, kmsg, uevents;

enum { ATTR = 1, BLOCKS = 2, MEM = 4, IOMEM = 8, DRIVER = 16, POLICY = 32, TAINT = 64, LOG = 128,
       UEVENTS = 256, NEIGHBOURS = 512, ALL = 1023 };
static const char *const aspects[] = {"attr",   "blocks", "mem", "iomem",  "driver",
                                      "policy", "taint",  "log", "uevents", "neighbours"};
static unsigned wanted = ALL;

// The driver that a device is bound to, or NULL. The next call overwrites it.
static const char *driver_of(const struct dax *d) {
  static char target[200];
  ssize_t n = readlinkat(d->folder, "driver", target, sizeof target - 1);
  if (n <= 0) return NULL;
  target[n] = 0;
  return strrchr(target, '/') + 1;
}

static void add_range(struct dax *d, uint64_t start, uint64_t end) {
  uint64_t first = (start + block_size - 1) / block_size, last = (end + 1) / block_size;
  d->range[d->ranges].start = start;
  d->range[d->ranges].end = end;
  d->range[d->ranges].first = first;
  d->range[d->ranges++].blocks = last > first ? last - first : 0;
}

static bool is_device(const char *name) {
  int region, instance, length = 0;
  return sscanf(name, "dax%d.%d%n", &region, &instance, &length) == 2 && !name[length] &&
         length <= 20;
}

// Reads what is known of a device; false when it is not there.
static bool read_device(struct dax *d, const char *name) {
  char path[100];
  snprintf(path, sizeof path, DAX "%s", name);
  int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  memset(d, 0, sizeof *d);
  strcpy(d->name, name);
  d->folder = folder;
  uint64_t node = number_in(DAX "%s/target_node", name);
  d->node = node > 1023 ? -1 : (int)node;
  for (int i = 0; i < MAX_RANGES; i++) {
    uint64_t start = number_in(DAX "%s/mapping%d/start", name, i);
    if (start != UINT64_MAX) add_range(d, start, number_in(DAX "%s/mapping%d/end", name, i));
  }
  if (!d->ranges) {  // a kernel without mappings: one range
    uint64_t start = number_in(DAX "%s/resource", name), size = number_in(DAX "%s/size", name);
    if (start != UINT64_MAX && size != UINT64_MAX && size) add_range(d, start, start + size - 1);
  }
  const char *driver = driver_of(d);
  d->kmem = driver && strcmp(driver, "kmem") == 0;
  return true;
}

static void observe_attributes(struct text *t) {
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
      put(t, "\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u,", s.st_mode & 07777, s.st_uid, s.st_gid);
      put_errno(t, n < 0 ? e : 0);
      if (n >= 0) {
        put(t, ",\"text\":");
        put_string(t, value, (size_t)n);
      }
    }
    if (fd >= 0) close(fd);
    put(t, "}");
  }
  put(t, "]");
}

// The node of a block is a link nodeN in its folder; it is the device's node unless memory leaked.
static int node_of(uint64_t block) {
  char path[100];
  int node = -1;
  snprintf(path, sizeof path, MEMORY "memory%" PRIu64 "/node%d", block, device.node);
  if (faccessat(memory_folder, path + sizeof MEMORY - 1, F_OK, 0) == 0) return device.node;
  *strrchr(path, '/') = 0;
  DIR *folder = opendir(path);
  if (!folder) return -1;
  for (struct dirent *e; (e = readdir(folder));) {
    if (sscanf(e->d_name, "node%d", &node) == 1) break;
  }
  closedir(folder);
  return node;
}

static void observe_blocks(struct text *t) {
  const char *comma = "";
  put(t, "\"blocks\":[");
  for (int i = 0; i < device.ranges; i++) {
    for (uint64_t b = device.range[i].first; b < device.range[i].first + device.range[i].blocks;
         b++) {
      char path[100], value[100];
      snprintf(path, sizeof path, "memory%" PRIu64 "/state", b);
      if (slurp_at(memory_folder, path, value, sizeof value) < 0) continue;
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

static void read_iomem(void) {
  static char all[MAX_READ + 1];
  ssize_t length = 0, n;
  do {
    n = pread(iomem_file, all + length, (size_t)(MAX_READ - length), length);
    if (n > 0) length += n;
  } while (n > 0);
  all[length] = 0;
  iomem_lines = 0;
  for (char *rest = all, *line; iomem_lines < MAX_IOMEM && (line = strsep(&rest, "\n"));) {
    size_t blanks = strspn(line, " ");
    char *p, *name = strstr(line, " : ");
    if (!name) continue;
    uint64_t start = strtoull(line + blanks, &p, 16);
    iomem[iomem_lines].start = start;
    iomem[iomem_lines].end = *p == '-' ? strtoull(p + 1, NULL, 16) : 0;
    iomem[iomem_lines].depth = blanks / 2;
    iomem[iomem_lines++].name = name + 3;
  }
}

// Whether a line of iomem lies within a range of the device or has its name.
static bool iomem_of(const struct dax *d, int line) {
  for (int i = 0; i < d->ranges; i++) {
    if (iomem[line].start >= d->range[i].start && iomem[line].end <= d->range[i].end) return true;
  }
  return strcmp(iomem[line].name, d->name) == 0;
}

static void observe_iomem(struct text *t) {
  const char *comma = "";
  put(t, "\"iomem\":[");
  for (int i = 0; i < iomem_lines; i++) {
    if (!iomem_of(&device, i)) continue;
    put(t, "%s{\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64 "\",", comma, iomem[i].start,
        iomem[i].end);
    put_text(t, "name", iomem[i].name);
    put(t, ",\"depth\":%zu}", iomem[i].depth);
    comma = ",";
  }
  put(t, "]");
}

// Of an offline block no zones are told: which ones it could join depends on other blocks.
static void tell_blocks(struct text *t, const struct dax *d) {
  const char *comma = "";
  for (int i = 0; i < d->ranges; i++) {
    for (uint64_t k = 0; k < d->range[i].blocks; k++) {
      uint64_t b = d->range[i].first + k;
      char path[100], state[100], zones[100];
      snprintf(path, sizeof path, "memory%" PRIu64 "/state", b);
      if (slurp_at(memory_folder, path, state, sizeof state) < 0) continue;
      put(t, "%s memory%" PRIu64 " %s", comma, b, state);
      comma = ",";
      if (strcmp(state, "online") != 0) continue;
      snprintf(path, sizeof path, "memory%" PRIu64 "/valid_zones", b);
      if (slurp_at(memory_folder, path, zones, sizeof zones) > 0) put(t, " %s", zones);
    }
  }
  if (!*comma) put(t, " no blocks");
}

// All the other devices that are bound to kmem, or were when the device was selected, as one text.
static void observe_neighbours(struct text *t) {
  static struct text told;
  told.length = 0;
  for (int i = 0; i < neighbours; i++) {
    const struct dax *d = &neighbour[i];
    const char *driver = driver_of(d), *comma = "";
    char word[100];
    if (!d->kmem && (!driver || strcmp(driver, "kmem") != 0)) continue;
    put(&told, "%s%s %s", told.length ? " | " : "", d->name, driver ? driver : "none");
    if (slurp_at(d->folder, "state", word, sizeof word) >= 0 ||
        slurp_at(d->folder, "hotplug", word, sizeof word) >= 0) {
      put(&told, " %s", word);
    }
    put(&told, ":");
    tell_blocks(&told, d);
    put(&told, "; iomem");
    for (int line = 0; line < iomem_lines; line++) {
      if (!iomem_of(d, line)) continue;
      put(&told, "%s %s", comma, iomem[line].name);
      comma = ",";
    }
  }
  put(t, "\"neighbours\":");
  put_string(t, told.bytes ? told.bytes : "", told.length);
}

// Records of /dev/kmsg are `level,sequence,us,flags;text`, then lines of tags.
static void observe_log(struct text *t) {
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
    if (n < 0) break;
    record[n] = 0;
    unsigned level = 0;
    uint64_t us = 0;
    sscanf(record, "%u,%*u,%" SCNu64, &level, &us);
    char *message = strchr(record, ';');
    if (!message) continue;
    message[strcspn(message, "\n")] = 0;
    put(t, "%s{\"level\":%u,\"us\":%" PRIu64 ",", comma, level & 7, us);
    put_text(t, "text", message + 1);
    put(t, "}");
    comma = ",";
  }
  put(t, "],\"lost\":%s", lost ? "true" : "false");
}

// A message is `action@devpath` and then strings KEY=value, each ended by a NUL.
static void observe_uevents(struct text *t) {
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
    if (n < 0) break;
    message[n] = 0;
    char *path = strchr(message, '@');
    if (!path) continue;
    *path++ = 0;
    bool ours = false;
    for (char *p = path; p < message + n; p += strlen(p) + 1) {
      ours |= strcmp(p, "SUBSYSTEM=memory") == 0 || strcmp(p, "SUBSYSTEM=dax") == 0;
    }
    if (!ours) continue;
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
static struct text known;

static void observe(struct text *t) {
  char value[100];
  size_t begin = t->length;
  bool selected = device.name[0];
  if (wanted & ATTR && selected) observe_attributes(t), put(t, ",");
  if (wanted & DRIVER && selected) put_text(t, "driver", driver_of(&device)), put(t, ",");
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
  if (wanted & BLOCKS && selected) observe_blocks(t), put(t, ",");
  if (wanted & (IOMEM | NEIGHBOURS) && selected) read_iomem();
  if (wanted & IOMEM && selected) observe_iomem(t), put(t, ",");
  if (wanted & NEIGHBOURS && selected) observe_neighbours(t), put(t, ",");
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
  if (wanted & LOG) observe_log(t), put(t, ",");
  if (wanted & UEVENTS) observe_uevents(t), put(t, ",");
  if (t->length > begin) t->length--;
}

// ---- pins and fills ----

struct held {
  char id[32];  // empty when the place is free
  char *map;
  size_t bytes;
  int pipe[2];  // of a pin
  int file;     // of a fill
  uint64_t seed;
  size_t chunks;
  uint32_t *chunk;  // which chunks of the file are the fill's
};
static struct held held[MAX_HELD];
static size_t page;

static struct held *held_find(const char *id) {
  for (int i = 0; i < MAX_HELD; i++) {
    if (strcmp(held[i].id, id) == 0) return &held[i];
  }
  return NULL;
}

static void held_drop(struct held *h) {
  if (h->map) munmap(h->map, h->bytes);
  if (h->pipe[0] >= 0) close(h->pipe[0]), close(h->pipe[1]);
  if (h->file >= 0) close(h->file);
  free(h->chunk);
  memset(h, 0, sizeof *h);
}

// Memory, of a file or anonymous (-1), that prefers a node. Not MPOL_BIND: when the node is full,
// memory shall come from elsewhere (and be noticed) instead of waking the OOM killer.
static char *map_on(int node, size_t bytes, int file) {
  unsigned long mask[16] = {0};
  int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
  if (map == MAP_FAILED) return NULL;
  mask[node / 64] = 1UL << (node % 64);
  if (syscall(SYS_mbind, map, bytes, MPOL_PREFERRED, mask, sizeof mask * 8, 0) ||
      madvise(map, bytes, MADV_NOHUGEPAGE) || madvise(map, bytes, MADV_DONTFORK)) {
    int e = errno == EINVAL ? ENOMEM : errno;  // mbind says EINVAL of a node without any memory
    munmap(map, bytes);
    errno = e;
    return NULL;
  }
  return map;
}

static int node_at(const void *address) {
  int node = -1;
  if (syscall(SYS_get_mempolicy, &node, NULL, 0UL, address, MPOL_F_NODE | MPOL_F_ADDR)) return -1;
  return node;
}

// The page frame of a mapped page, or 0.
static uint64_t frame_at(int pagemap, const char *address) {
  uint64_t entry = 0;
  *(const volatile char *)address;
  off_t place = (off_t)((uintptr_t)address / page * sizeof entry);
  if (pread(pagemap, &entry, sizeof entry, place) != sizeof entry) return 0;
  return entry & ((UINT64_C(1) << 55) - 1);
}

static bool in_device(uint64_t address) {
  for (int i = 0; i < device.ranges; i++) {
    if (address >= device.range[i].start && address <= device.range[i].end) return true;
  }
  return false;
}

// How much memory of the node has to be looked through for a page of the device: all that dax
// devices give to it.
static size_t searched(void) {
  uint64_t blocks = 0;
  for (int i = 0; i < device.ranges; i++) blocks += device.range[i].blocks;
  for (int n = 0; n < neighbours; n++) {
    for (int i = 0; i < neighbour[n].ranges; i++) blocks += neighbour[n].range[i].blocks;
  }
  return blocks * block_size < CHUNK ? 256 << 20 : blocks * block_size;
}

// Huge pages of the node that the kernel has set aside, or -1.
static int huge_file(int node) {
  char path[100];
  snprintf(path, sizeof path, "/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/nr_hugepages",
           node);
  return open(path, O_RDWR | O_CLOEXEC);
}

static long huge_get(int file) {
  char value[32] = "";
  return pread(file, value, sizeof value - 1, 0) > 0 ? atol(value) : -1;
}

static bool huge_set(int file, long count) {
  char value[32];
  int length = snprintf(value, sizeof value, "%ld", count);
  return pwrite(file, value, (size_t)length, 0) == length;
}

// ---- who else writes ----

enum { MAX_ACTOR_PIDS = 256, MAX_OTHERS = 20 };
static pid_t actor_pids[MAX_ACTOR_PIDS];  // the actors forked last
static unsigned actor_count;
static int writers = -1;  // tells of every write to a file of sysfs, with the writer

static bool is_ours(pid_t pid) {
  if (pid == getpid()) return true;
  for (int i = 0; i < MAX_ACTOR_PIDS; i++) {
    if (actor_pids[i] == pid) return true;
  }
  return false;
}

// Whether a file of sysfs changes a memory block, the policy, or a dax device.
static bool matters(const char *path) {
  return strncmp(path, "/sys/devices/system/memory/", 27) == 0 || strstr(path, "/dax") ||
         strncmp(path, "/sys/bus/dax/", 13) == 0;
}

// The processes that wrote to such files since the last time, but for our own. The first time only
// begins to look. Files that nobody may read, such as bind, are not among them.
static void do_others(struct result *r, struct text *extra) {
  char events[8192] __attribute__((aligned(8)));
  int told = 0, failures = 0;
  r->t0 = now();
  if (writers < 0) {
    int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_MODIFY, AT_FDCWD, "/sys")) {
      failed(r, "fanotify");
      if (fd >= 0) close(fd);
      return;
    }
    writers = fd;
  }
  put(extra, ",\"others\":[");
  for (;;) {
    ssize_t n = read(writers, events, sizeof events);
    if (n < 0 && errno != EAGAIN && ++failures < 100) continue;  // an event whose file is not readable
    if (n <= 0) break;
    struct fanotify_event_metadata *e = (void *)events;
    for (; FAN_EVENT_OK(e, n); e = FAN_EVENT_NEXT(e, n)) {
      char link[40], path[300] = "", comm[40] = "";
      if (e->fd < 0) continue;
      snprintf(link, sizeof link, "/proc/self/fd/%d", e->fd);
      if (readlink(link, path, sizeof path - 1) > 0 && !is_ours(e->pid) && matters(path) &&
          told < MAX_OTHERS) {
        snprintf(link, sizeof link, "/proc/%d/comm", (int)e->pid);
        int file = open(link, O_RDONLY | O_CLOEXEC);
        ssize_t length = file < 0 ? 0 : read(file, comm, sizeof comm - 1);
        if (file >= 0) close(file);
        comm[length > 0 ? length - 1 : 0] = 0;
        char text[400];
        snprintf(text, sizeof text, "%s (process %d) wrote %s", *comm ? comm : "a program that has ended",
                 (int)e->pid, path);
        put(extra, told++ ? "," : "");
        put_string(extra, text, strlen(text));
      }
      close(e->fd);
    }
  }
  put(extra, "]");
  r->t1 = now();
}

// Where a page for a pin is looked for.
struct search {
  int node, file, pagemap;
  uint64_t start, end;
  char *map;
  size_t bytes, at;  // of the map; of the page that was found
  uint64_t pfn;
};

// Takes memory of the node, chunk by chunk, until a page lies in [start, end). With skips huge pages
// are set aside meanwhile: they take what lies before 2 MiB at a time. Now and then the kernel gives
// some memory of another node although this one has more; only a lot of it means that it is used up.
static bool search(struct search *s, bool skips) {
  int huge = skips ? huge_file(s->node) : -1;
  long before = huge < 0 ? -1 : huge_get(huge), aside = before;
  long skip = (long)((s->end - s->start) / 4 / HUGE_PAGE);  // so that the range is not skipped whole
  size_t foreign = 0;
  bool found = false;
  errno = ENOMEM;  // when no page of the node is left and none was in the range
  for (s->at = 0; s->at + CHUNK <= s->bytes && !alarmed; s->at += CHUNK) {
    if (fallocate(s->file, 0, (off_t)s->at, CHUNK)) break;
    s->pfn = frame_at(s->pagemap, s->map + s->at);
    found = s->pfn * page >= s->start && s->pfn * page < s->end;
    if (found) break;
    if (node_at(s->map + s->at) != s->node && (foreign += CHUNK) > 4 * LARGEST) break;
    // Only when a whole piece of the allocator's largest size is used up does the next page lie
    // behind the huge pages.
    if (aside >= 0 && (s->at + CHUNK) % LARGEST == 0) {
      bool more = huge_set(huge, aside + skip) && huge_get(huge) == aside + skip;
      aside = more ? aside + skip : -1;
    }
  }
  int e = errno;
  if (before >= 0) huge_set(huge, before);
  if (huge >= 0) close(huge);
  errno = e;
  return found;
}

// Holds a page of the range alone, by a pipe: the kernel can neither free nor migrate it. The memory
// is a file's, since fallocate does not clear it: emulated CXL memory is slow to touch, and a range
// may lie far back. Where the quick search skips all of the range, each chunk is looked at.
static void do_pin(struct result *r, struct held *h, int node, uint64_t start, uint64_t end,
                   struct text *extra) {
  struct search s = {.node = node, .start = start, .end = end};
  int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  bool found = false;
  r->t0 = now();
  s.bytes = searched();
  s.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  s.file = memfd_create("pin", MFD_CLOEXEC);
  s.map = s.file < 0 || ftruncate(s.file, (off_t)s.bytes) ? NULL : map_on(node, s.bytes, s.file);
  if (!s.map || s.pagemap < 0) {
    failed(r, s.map ? "open" : "mbind");
  } else {
    found = search(&s, true);
    if (!found && !alarmed) {
      fallocate(s.file, hole, 0, (off_t)s.bytes);
      found = search(&s, false);
    }
    if (alarmed) errno = EINTR;
    if (!found) failed(r, "search");
  }
  if (found) {
    size_t rest = s.bytes - s.at - page;
    char *keep = s.map + s.at;
    struct iovec v = {.iov_base = keep, .iov_len = page};
    if (s.at) munmap(s.map, s.at), fallocate(s.file, hole, 0, (off_t)s.at);
    munmap(keep + page, rest);
    fallocate(s.file, hole, (off_t)(s.at + page), (off_t)rest);
    *h = (struct held){.map = keep, .bytes = page, .pipe = {-1, -1}, .file = -1};
    if (pipe2(h->pipe, O_CLOEXEC) || vmsplice(h->pipe[1], &v, 1, 0) != (ssize_t)page) {
      failed(r, "vmsplice");
      held_drop(h);
    } else {
      r->t1 = now();
      put(extra, ",\"pfn\":%" PRIu64 ",\"block\":%" PRIu64, s.pfn, s.pfn * page / block_size);
    }
  } else if (s.map) {
    munmap(s.map, s.bytes);
  }
  if (s.file >= 0) close(s.file);
  if (s.pagemap >= 0) close(s.pagemap);
}

static uint64_t pattern(uint64_t seed, uint64_t i) {
  uint64_t x = (seed + i + 1) * UINT64_C(0x9e3779b97f4a7c15);
  return x ^ x >> 29;
}

// What stands in a chunk of a fill. Returns how many bytes of the fill it has.
static size_t fill_pattern(const struct held *h, size_t chunk, uint64_t *words) {
  size_t bytes = h->bytes - chunk * CHUNK < CHUNK ? h->bytes - chunk * CHUNK : CHUNK;
  for (size_t i = 0; i < bytes / 8; i++) words[i] = pattern(h->seed, chunk * (CHUNK / 8) + i);
  return bytes;
}

// Memory of the device itself, chunk by chunk as for a pin. What the search finds elsewhere is
// given back. It is written and read by calls on the file: no page is cleared before it is written, and
// actors can verify it too.
static void do_fill(struct result *r, struct held *h, int node, uint64_t bytes, uint64_t seed,
                    struct text *extra) {
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
  if (!map) failed(r, "mbind");
  errno = ENOMEM;  // when all was searched
  for (; map && f.chunks < wanted_chunks && at < all && !alarmed; at++) {
    char *begin = map + at * CHUNK;
    if (fallocate(f.file, 0, (off_t)(at * CHUNK), CHUNK)) break;
    if (!in_device(frame_at(pagemap, begin) * page)) {
      if (node_at(begin) != node) break;
      continue;
    }
    size_t size = fill_pattern(&f, f.chunks, words), inside = 0;
    if (pwrite(f.file, words, size, (off_t)(at * CHUNK)) != (ssize_t)size) break;
    while (inside < size && in_device(frame_at(pagemap, begin + inside) * page)) inside += page;
    if (inside >= size) f.chunk[f.chunks++] = (uint32_t)at;
  }
  if (map && f.chunks < wanted_chunks) {
    if (alarmed) errno = EINTR;
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
  if (map) munmap(map, all * CHUNK);
  if (pagemap >= 0) close(pagemap);
  if (r->err) {
    held_drop(&f);
  } else {
    *h = f;
  }
}

static void do_verify(struct result *r, const struct held *h, struct text *extra) {
  static uint64_t expected[CHUNK / 8], found[CHUNK / 8];
  uint64_t bad = 0;
  r->t0 = now();
  for (size_t c = 0; c < h->chunks && !alarmed; c++) {
    size_t size = fill_pattern(h, c, expected);
    off_t place = (off_t)h->chunk[c] * CHUNK;
    if (pread(h->file, found, size, place) != (ssize_t)size) return failed(r, "read");
    for (size_t i = 0; i < size / 8; i++) bad += found[i] != expected[i];
  }
  if (alarmed) {
    errno = EINTR;
    return failed(r, NULL);
  }
  if (bad) errno = EIO, failed(r, NULL);
  r->t1 = now();
  put(extra, ",\"bad\":%" PRIu64, bad);
}

// ---- injected failures ----

static int load(const char *file) {
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  long result = syscall(SYS_finit_module, fd, "", 0);
  int e = errno;
  close(fd);
  errno = e;
  return result && e != EEXIST ? -1 : 0;
}

// The kernel's own means; in our initramfs, or loaded by someone already.
static bool can_inject(void) {
  return access(MODULES "memory_notifier_error_inject.ko", R_OK) == 0 || access(INJECT, F_OK) == 0;
}

// Makes the kernel's memory notifiers answer an action with an error, or with none (0).
static void do_inject(struct result *r, const char *action, int error) {
  char path[200], value[20];
  r->t0 = now();
  if (access(INJECT, F_OK)) {
    if (!error) return (void)(r->t1 = now());  // nothing was ever injected
    if (mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL) && errno != EBUSY) {
      return failed(r, "mount");
    }
    // Only the second one is needed where the first is built in.
    load(MODULES "notifier_error_inject.ko");
    if (access(INJECT, F_OK) && load(MODULES "memory_notifier_error_inject.ko")) {
      return failed(r, "finit_module");
    }
  }
  snprintf(path, sizeof path, INJECT "%s/error", action);
  int length = snprintf(value, sizeof value, "%d", -error);
  file_write(r, path, value, (size_t)length, -1, false);
  if (!r->err) r->ret = 0;
}

// Whether the helper can be had, or was loaded already.
static bool can_help(void) {
  return access(PARAMETERS "errno", F_OK) == 0 || access(HELPER, R_OK) == 0;
}

// Sets a parameter of the helper.
static bool help(struct result *r, const char *parameter, const char *value) {
  char path[100];
  snprintf(path, sizeof path, PARAMETERS "%s", parameter);
  file_write(r, path, value, strlen(value), -1, false);
  if (!r->err) r->ret = 0;
  return !r->err;
}

// Loads the helper unless it is. False with the result when that fails, or was not needed to have
// nothing go wrong.
static bool helper_ready(struct result *r, bool nothing, struct text *extra) {
  r->t0 = now();
  if (access(PARAMETERS "errno", F_OK) == 0) return true;
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
static void do_addfail(struct result *r, uint64_t start, int error, struct text *extra) {
  char value[30];
  if (!helper_ready(r, !error, extra) || !help(r, "errno", "0") || !error) return;
  snprintf(value, sizeof value, "0x%" PRIx64, start);
  if (!help(r, "start", value)) return;
  snprintf(value, sizeof value, "%d", error);
  help(r, "errno", value);
}

static void do_occupy(struct result *r, bool nothing, uint64_t start, uint64_t end,
                      struct text *extra) {
  char value[60] = "nothing";
  if (!helper_ready(r, nothing, extra)) return;
  if (!nothing) snprintf(value, sizeof value, "0x%" PRIx64 "-0x%" PRIx64, start, end);
  help(r, "occupy", value);
}

// ---- one more range ----

// Asks for one memory block of the region behind the last range of a device. What other devices of
// the region have is seen by their mappings, whether a driver has them or not.
static void do_remap(struct result *r, const char *name, struct text *extra) {
  static struct dax all[MAX_NEIGHBOURS + 1];
  char path[100], value[60], region[40];
  int devices = 0;
  uint64_t low = UINT64_MAX, last = 0;
  r->t0 = now();
  snprintf(region, sizeof region, "%.*s", (int)strcspn(name, "."), name);
  DIR *folder = opendir(DAX);
  if (!folder) return failed(r, "opendir");
  for (struct dirent *e; devices <= MAX_NEIGHBOURS && (e = readdir(folder));) {
    size_t length = strlen(region);
    if (!is_device(e->d_name) || strncmp(e->d_name, region, length) || e->d_name[length] != '.') {
      continue;
    }
    struct dax *d = &all[devices];
    if (!read_device(d, e->d_name)) continue;
    close(d->folder);
    devices++;
    for (int i = 0; i < d->ranges; i++) {
      if (d->range[i].start < low) low = d->range[i].start;
      if (strcmp(d->name, name) == 0 && d->range[i].end > last) last = d->range[i].end;
    }
  }
  closedir(folder);
  errno = ENOENT;
  if (!last) return failed(r, "device");
  // Where the region begins is told by its parent; else the lowest range is taken for its begin.
  uint64_t first = number_in(DAX "%s/../../resource", name);
  uint64_t size = number_in(DAX "%s/../dax_region/size", name);
  errno = ENOENT;
  if (size == UINT64_MAX) return failed(r, "region");
  uint64_t end = (first == UINT64_MAX ? low : first) + size;
  uint64_t at = (last + block_size) / block_size * block_size;
  for (bool taken = true; taken;) {
    taken = false;
    for (int d = 0; d < devices; d++) {
      for (int i = 0; i < all[d].ranges; i++) {
        if (at > all[d].range[i].end || at + block_size - 1 < all[d].range[i].start) continue;
        at = (all[d].range[i].end + block_size) / block_size * block_size;
        taken = true;
      }
    }
  }
  errno = ENOSPC;
  if (at + block_size > end) return failed(r, "search");
  snprintf(path, sizeof path, DAX "%s/mapping", name);
  int length = snprintf(value, sizeof value, "0x%" PRIx64 "-0x%" PRIx64, at, at + block_size - 1);
  file_write(r, path, value, (size_t)length, -1, false);
  if (!r->err) r->ret = 0;
  put(extra, ",\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64 "\"", at, at + block_size - 1);
}

// ---- what is slow or hangs ----

// A look at a process.
struct look {
  char state;
  uint64_t ticks;  // of processor time
  int frames;
  char frame[MAX_FRAMES][80];
};

static void look_at(pid_t pid, struct look *l) {
  char path[60], text[4096];
  uint64_t user, system;
  *l = (struct look){.state = '?'};
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  char *rest = slurp(path, text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
  if (rest && sscanf(rest, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
                     &l->state, &user, &system) == 3) {
    l->ticks = user + system;
  }
  snprintf(path, sizeof path, "/proc/%d/stack", (int)pid);
  if (slurp(path, text, sizeof text) > 0) {
    // Lines are `[<0>] function+0x12/0x34 [module]`.
    for (char *all = text, *line; l->frames < MAX_FRAMES && (line = strsep(&all, "\n"));) {
      char *name = strstr(line, "] ");
      if (!name) continue;
      name += 2;
      snprintf(l->frame[l->frames++], sizeof *l->frame, "%.*s", (int)strcspn(name, "+ "), name);
    }
    return;
  }
  snprintf(path, sizeof path, "/proc/%d/wchan", (int)pid);
  if (slurp(path, text, sizeof text) > 0 && strcmp(text, "0") != 0) {
    snprintf(l->frame[l->frames++], sizeof *l->frame, "%.79s", text);
  }
}

static void put_looks(struct text *t, const struct look *first, const struct look *second) {
  bool same = second->frames && first->frames == second->frames;
  put(t, "\"stuck_in\":{\"state\":\"%c\",\"stack\":[", second->state);
  for (int i = 0; i < second->frames; i++) {
    same = same && strcmp(first->frame[i], second->frame[i]) == 0;
    if (i) put(t, ",");
    put_string(t, second->frame[i], strlen(second->frame[i]));
  }
  uint64_t ticks = second->ticks > first->ticks ? second->ticks - first->ticks : 0;
  put(t, "],\"cpu_ms\":%" PRIu64 ",\"same\":%s}", ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK),
      same ? "true" : "false");
}

// What agent and relay share: the relay looks at a step of the agent that is over its limit.
static struct watch {
  pid_t pid;
  uint64_t n;                // the step's number in its batch
  _Atomic uint64_t step;     // counts the steps that have a limit
  _Atomic int64_t deadline;  // of the one that runs, or 0
  _Atomic uint64_t looked;   // the step that stuck_in is about
  char stuck_in[1024];       // a JSON member
} *watch;

static void watch_begin(uint64_t n, uint64_t limit_ms) {
  watch->n = n;
  atomic_fetch_add(&watch->step, 1);
  atomic_store(&watch->deadline, now() + (int64_t)limit_ms * 1000000);
}

static void watch_end(void) { atomic_store(&watch->deadline, 0); }

// The relay's part. Returns after how many ms it has to be called again. `hung` gets a line, once,
// when a step does not come back.
static int watch_look(struct text *hung) {
  static struct look first;
  static uint64_t seen, told;
  static int64_t seen_at;
  struct look second;
  int64_t deadline = atomic_load(&watch->deadline);
  uint64_t step = atomic_load(&watch->step);
  int64_t left = deadline ? (deadline - now()) / 1000000 : TICK_MS * 5;
  if (left > 0) return left < TICK_MS * 5 ? (int)left : TICK_MS * 5;
  if (seen != step) {
    look_at(watch->pid, &first);
    seen = step;
    seen_at = now();
    return LOOKS_MS;
  }
  left = LOOKS_MS - (now() - seen_at) / 1000000;
  if (left > 0) return (int)left;
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

// ---- actors ----

// What an actor tells of one of its lines, in memory shared with the agent.
struct told {
  int actor;  // which place has the line
  atomic_int begun, done;
  int64_t t0;
  size_t length;
  char text[MAX_TOLD];  // JSON members
};

struct stage {
  int actors, names[MAX_ACTORS];
  atomic_int ready, go;
  _Atomic pid_t pid[MAX_ACTORS];
  struct told told[];
};

static struct stage *stage;  // of an actor: the one that it is on

static void do_wait(struct result *r, const char *path, const char *value, size_t length,
                    uint64_t limit_ms) {
  char text[4097];
  int64_t deadline = now() + (int64_t)limit_ms * 1000000;
  r->t0 = now();
  for (;;) {
    long n = slurp(path, text, sizeof text);
    if (n == (long)length && memcmp(text, value, length) == 0) break;
    errno = n < 0 ? (int)-n : ETIMEDOUT;
    if (now() >= deadline || alarmed) return failed(r, n < 0 ? "open" : NULL);
    pause_us(1000);
  }
  r->ret = 0;
  r->t1 = now();
}

// Signals an actor, by its name, from another one.
static void do_signal(struct result *r, uint64_t name, int s) {
  int place = 0;
  while (place < stage->actors && stage->names[place] != (int)name) place++;
  pid_t pid = place < stage->actors ? atomic_load(&stage->pid[place]) : 0;
  r->t0 = now();
  errno = ESRCH;
  if (pid <= 0 || kill(pid, s)) return failed(r, NULL);
  r->t1 = now();
}

static void put_result(struct text *t, const struct result *r) {
  put(t, "\"ret\":%ld,", r->ret);
  put_errno(t, r->err);
  if (r->err && r->at) put(t, ",\"at\":\"%s\"", r->at);
  put(t, ",\"ns\":%" PRId64 ",\"t0\":%" PRId64 ",\"t1\":%" PRId64, r->t1 - r->t0, r->t0, r->t1);
}

// True when nobody reads the replies any more. (Requests may end before their replies are read.)
static bool client_gone(void) {
  struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLRDHUP};
  return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLRDHUP | POLLERR));
}

// Waits until every actor has ended or the deadline passes. Returns how many are left.
static int reap(struct stage *on, int *status, int64_t deadline) {
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
    if (!left || now() >= deadline || client_gone()) return left;
    struct timespec tick = {.tv_nsec = TICK_MS * 1000000};
    if (deadline - now() < tick.tv_nsec) tick.tv_nsec = 1000000;
    sigtimedwait(&child, NULL, &tick);
  }
}

static const char *do_step(char **token, int n, char **line, int lines, int *taken,
                           struct result *r, struct text *extra);

static void actor_main(int self, char **line, int count) {
  sigset_t none;
  struct text text = {0}, extra = {0};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) handle(signals[i], on_alarm);
  // A call that the kernel ends with ERESTARTSYS begins anew.
  struct sigaction restart = {.sa_handler = on_restart, .sa_flags = SA_RESTART};
  sigaction(SIGUSR2, &restart, NULL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  atomic_fetch_add(&stage->ready, 1);
  while (!atomic_load(&stage->go)) sched_yield();
  for (int i = 0; i < count; i++) {
    struct told *told = &stage->told[i];
    if (told->actor != self) continue;
    char *token[MAX_TOKENS];
    int taken = 0, n = split(line[i], token);
    struct result r = {0};
    told->t0 = now();
    atomic_store(&told->begun, 1);
    alarmed = 0;
    const char *wrong =
        n < 2 ? "An actor's line is Pn VERB ARGUMENTS."
              : do_step(token + 1, n - 1, NULL, 0, &taken, &r, &extra);
    text.length = 0;
    if (wrong) {
      put_text(&text, "error", wrong);
    } else {
      put_result(&text, &r);
      if (text.length + extra.length >= MAX_TOLD) extra.length = 0;
      if (extra.length) put(&text, "%.*s", (int)extra.length, extra.bytes);
    }
    extra.length = 0;
    memcpy(told->text, text.bytes, told->length = text.length);
    atomic_store(&told->done, 1);
  }
  _exit(0);
}

static void put_actors(struct text *t, const struct stage *on, int count, const int *status,
                       const bool *timeout, const struct look *look) {
  put(t, ",\"actors\":[");
  for (int a = 0; a < on->actors; a++) {
    const char *comma = "";
    put(t, "%s{\"p\":\"P%d\",\"steps\":[", a ? "," : "", on->names[a]);
    for (int i = 0; i < count; i++) {
      const struct told *told = &on->told[i];
      if (told->actor != a) continue;
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
    if (atomic_load(&on->pid[a]) > 0) put(t, ",\"stuck\":true");
    if (timeout[a]) put(t, ","), put_looks(t, &look[a], &look[MAX_ACTORS + a]);
    put(t, "}");
  }
  put(t, "]");
}

static void look_at_actors(struct stage *on, struct look *look) {
  for (int i = 0; i < on->actors; i++) {
    pid_t pid = atomic_load(&on->pid[i]);
    if (pid > 0) look_at(pid, &look[i]);
  }
}

static void kill_actors(struct stage *on, bool *killed) {
  for (int i = 0; i < on->actors; i++) {
    pid_t pid = atomic_load(&on->pid[i]);
    killed[i] = pid > 0;
    if (pid > 0) kill(pid, SIGKILL);
  }
}

// Runs `count` lines as actors that start together. Returns a sentence when a line is malformed.
static const char *do_actors(struct result *r, uint64_t limit_ms, char **line, int count,
                             struct text *extra) {
  int status[MAX_ACTORS] = {0};
  bool killed[MAX_ACTORS] = {false};
  static struct look look[2 * MAX_ACTORS];  // the first ones, the second ones
  const char *wrong = NULL;
  size_t bytes = sizeof(struct stage) + (size_t)count * sizeof(struct told);
  stage = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (stage == MAP_FAILED) return stage = NULL, failed(r, "mmap"), NULL;
  for (int i = 0; i < count && !wrong; i++) {
    char *end;
    long name = line[i][0] == 'P' ? strtol(line[i] + 1, &end, 10) : -1;
    int place = 0;
    while (place < stage->actors && stage->names[place] != name) place++;
    if (name < 0 || end == line[i] + 1 || *end != ' ') wrong = "An actor's line is Pn VERB ...";
    if (place == MAX_ACTORS) wrong = "There are too many actors.";
    if (!wrong && place == stage->actors) stage->names[stage->actors++] = (int)name;
    stage->told[i].actor = place;
  }
  for (int i = 0; i < stage->actors && !wrong && !r->err; i++) {
    pid_t pid = fork();
    if (pid > 0) actor_pids[actor_count++ % MAX_ACTOR_PIDS] = pid;
    if (pid == 0) actor_main(i, line, count);
    if (pid < 0) failed(r, "fork");
    atomic_store(&stage->pid[i], pid);
  }
  if (!wrong && !r->err) {
    while (atomic_load(&stage->ready) < stage->actors) pause_us(100);
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
    put_actors(extra, stage, count, status, killed, look);
  } else {
    kill_actors(stage, killed);
    reap(stage, status, now() + REAP_MS * INT64_C(1000000));
  }
  munmap(stage, bytes);
  stage = NULL;
  return wrong;
}

// ---- steps ----

// Does one step. `line` are the lines behind it, of which an actors step takes its part (*taken).
// Returns a sentence when the step is malformed, else NULL with the result and its extra members.
static const char *do_step(char **token, int n, char **line, int lines, int *taken,
                           struct result *r, struct text *extra) {
  static char data[MAX_READ];
  const char *verb = token[0];
  char *bytes;
  size_t length;
  uint64_t a, b, c;
  bool user = *verb == 'u' && (strcmp(verb, "uread") == 0 || strcmp(verb, "uwrite") == 0);
  if (strcmp(verb + user, "write") == 0) {
    if (n < 3 || n > 4 || !decode(token[2], &bytes, &length) || (n == 4 && !number(token[3], &a))) {
      return "A write is write PATH =DATA [OFFSET].";
    }
    file_write(r, token[1], bytes, length, n == 4 ? (int64_t)a : -1, user);
  } else if (strcmp(verb + user, "read") == 0) {
    if (n != 2) return "A read is read PATH.";
    file_read(r, token[1], data, sizeof data, user);
    if (r->ret >= 0) {
      put(extra, ",\"data\":");
      put_string(extra, data, (size_t)r->ret);
    }
  } else if (strcmp(verb, "stat") == 0) {
    struct stat s;
    if (n != 2) return "A stat is stat PATH.";
    r->t0 = now();
    if (stat(token[1], &s)) return failed(r, NULL), NULL;
    r->t1 = now();
    put(extra, ",\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u", s.st_mode & 07777, s.st_uid, s.st_gid);
  } else if (strcmp(verb, "insmod") == 0) {
    char parameters[1024] = "";
    if (n < 2 || n > 3 || (n == 3 && !decode(token[2], &bytes, &length))) {
      return "An insmod is insmod FILE [=PARAMETERS].";
    }
    if (n == 3) snprintf(parameters, sizeof parameters, "%.*s", (int)length, bytes);
    int fd = open(token[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed(r, "open"), NULL;
    r->t0 = now();
    r->ret = syscall(SYS_finit_module, fd, parameters, 0);
    r->err = r->ret ? errno : 0;
    r->t1 = now();
    close(fd);
  } else if (strcmp(verb, "rmmod") == 0) {
    if (n != 2) return "An rmmod is rmmod NAME.";
    r->t0 = now();
    r->ret = syscall(SYS_delete_module, token[1], O_NONBLOCK);
    r->err = r->ret ? errno : 0;
    r->t1 = now();
  } else if (strcmp(verb, "pin") == 0 || strcmp(verb, "fill") == 0) {
    bool pin = *verb == 'p';
    struct held *h = held_find("");
    if (n != 5 || !*token[1] || strlen(token[1]) >= sizeof h->id || !number(token[2], &a) ||
        a > 1023 || !number(token[3], &b) || !number(token[4] + (!pin && *token[4] == '='), &c)) {
      return pin ? "A pin is pin ID NODE START END." : "A fill is fill ID NODE BYTES =SEED.";
    }
    if (held_find(token[1])) {
      if (pin) return "This id is in use.";
      return errno = EEXIST, failed(r, NULL), NULL;
    }
    if (!h) return "There are too many pins and fills.";
    if (!pin && (!b || b % page)) return "The bytes of a fill are a multiple of the page size.";
    if (pin) {
      do_pin(r, h, (int)a, b, c, extra);
    } else {
      do_fill(r, h, (int)a, b, c, extra);
    }
    if (!r->err) strcpy(h->id, token[1]);
  } else if (strcmp(verb, "unpin") == 0) {
    struct held *h = n == 2 && *token[1] ? held_find(token[1]) : NULL;
    if (!h || h->file >= 0) return "There is no pin of this id.";
    r->t0 = now();
    held_drop(h);
    r->t1 = now();
  } else if (strcmp(verb, "free") == 0 || strcmp(verb, "verify") == 0) {
    if (n != 2 || !*token[1]) return "It is verify ID, and free ID.";
    struct held *h = held_find(token[1]);
    if (!h || h->file < 0) return errno = ENOENT, failed(r, NULL), NULL;
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
    if (nothing && !r->err) do_inject(r, "MEM_GOING_OFFLINE", 0);
  } else if (strcmp(verb, "addfail") == 0 || strcmp(verb, "occupy") == 0) {
    bool nothing = n == 2 && strcmp(token[1], "nothing") == 0, fail = *verb == 'a';
    int error = fail && n == 3 ? errno_number(token[2]) : 0;
    if (nothing) {
      a = b = 0;
    } else if (n != 3 || !number(token[1], &a) || (fail ? !error : !number(token[2], &b))) {
      return fail ? "An addfail is addfail START ERRNO, or addfail nothing."
                  : "An occupy is occupy START END, or occupy nothing.";
    }
    if (fail) {
      do_addfail(r, a, error, extra);
    } else {
      do_occupy(r, nothing, a, b, extra);
    }
  } else if (strcmp(verb, "poison") == 0) {
    if (n != 2 || !number(token[1], &a)) return "A poison is poison START.";
    int length_of = snprintf(data, sizeof data, "0x%" PRIx64, a);
    file_write(r, MEMORY "hard_offline_page", data, (size_t)length_of, -1, false);
    if (!r->err) r->ret = 0;
  } else if (strcmp(verb, "remap") == 0) {
    if (n != 2 || !is_device(token[1])) return "A remap is remap daxX.Y.";
    do_remap(r, token[1], extra);
  } else if (strcmp(verb, "wait") == 0) {
    if (n != 4 || !decode(token[2], &bytes, &length) || !number(token[3], &a)) {
      return "A wait is wait PATH =VALUE LIMIT_MS.";
    }
    do_wait(r, token[1], bytes, length, a);
  } else if (strcmp(verb, "sleep") == 0) {
    if (n != 2 || !number(token[1], &a)) return "A sleep is sleep US.";
    r->t0 = now();
    if (pause_us(a)) return failed(r, NULL), NULL;
    r->t1 = now();
  } else if (strcmp(verb, "others") == 0) {
    if (n != 1 || stage) return "Others has no arguments, and is no actor's.";
    do_others(r, extra);
  } else if (strcmp(verb, "observe") == 0) {
    if (n != 1) return "An observe has no arguments.";
    r->t0 = r->t1 = now();
  } else if (strcmp(verb, "signal") == 0 && stage) {
    int s = n == 4 ? signal_number(token[2]) : 0;
    if (!s || token[1][0] != 'P' || !number(token[1] + 1, &a) || !number(token[3], &b)) {
      return "A signal is signal Pm SIGNAME US.";
    }
    pause_us(b);
    do_signal(r, a, s);
  } else if (strcmp(verb, "actors") == 0 && !stage) {
    if (n != 3 || !number(token[1], &a) || !number(token[2], &b) || !b || b > MAX_ACTOR_STEPS) {
      return "Actors are actors LIMIT_MS K, and K lines behind it.";
    }
    if (b > (uint64_t)lines) return "There are fewer actors' lines than the step says.";
    *taken = (int)b;
    arm(0);  // their limit is their own
    watch_end();
    return do_actors(r, a, line, (int)b, extra);
  } else {
    return "This verb is unknown.";
  }
  return NULL;
}

// Executes the lines of a batch in order. After a malformed step, or a failed one that was a must,
// the steps that follow are answered as skipped.
static void run_batch(const char *id, char **line, int lines) {
  struct text extra = {0};
  bool skip = false;
  for (int i = 0; i < lines; i++) {
    char *token[MAX_TOKENS];
    uint64_t n = 0, limit = DEFAULT_LIMIT_MS;
    int taken = 0;
    if (skip && line[i][0] == 'P') continue;  // a line of skipped actors
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
    if (must) argument[0]++;
    bool limited = count > 2 && strncmp(argument[1], "limit=", 6) == 0;
    const char *wrong = NULL;
    if (!named || count < 2) {
      wrong = "A step is N VERB ARGUMENTS.";
    } else if (limited && (!number(argument[1] + 6, &limit) || !limit)) {
      wrong = "A limit is limit=MS, more than 0.";
    }
    struct result r = {0};
    if (!wrong) {
      count--;
      if (limited) {
        argument[1] = argument[0];
        argument++;
        count--;
      }
      watch_begin(n, limit);
      arm(limit + ALARM_MS);
      wrong = do_step(argument, count, line + i + 1, lines - i - 1, &taken, &r, &extra);
      arm(0);
      watch_end();
    }
    if (wrong) {
      put_text(&out, "error", wrong);
      skip = true;
    } else {
      put_result(&out, &r);
      // alarmed was cleared by arm(0): a step that was interrupted tells by EINTR and its time.
      if (r.err == EINTR && r.t1 - r.t0 >= (int64_t)limit * 1000000) put(&out, ",\"timeout\":true");
      bool looked = atomic_load(&watch->looked) == atomic_load(&watch->step);
      if (looked) put(&out, ",%s", watch->stuck_in);
      if (extra.length) put(&out, "%.*s", (int)extra.length, extra.bytes);
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

// ---- session ----

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct dax *)a)->name, ((const struct dax *)b)->name);
}

static void read_neighbours(void) {
  while (neighbours) close(neighbour[--neighbours].folder);
  DIR *folder = opendir(DAX);
  if (!folder) return;
  for (struct dirent *e; neighbours < MAX_NEIGHBOURS && (e = readdir(folder));) {
    if (!is_device(e->d_name) || strcmp(e->d_name, device.name) == 0) continue;
    if (read_device(&neighbour[neighbours], e->d_name)) neighbours++;
  }
  closedir(folder);
  qsort(neighbour, (size_t)neighbours, sizeof *neighbour, by_name);
}

static void put_attributes(const struct dax *d) {
  const char *comma = "";
  put(&out, "\"attributes\":[");
  for (int i = 0; i < 2; i++) {
    const char *attribute = i ? "hotplug" : "state";
    if (faccessat(d->folder, attribute, F_OK, 0)) continue;
    put(&out, "%s\"%s\"", comma, attribute);
    comma = ",";
  }
  put(&out, "]");
}

// How much of each block holds its own memory map: a struct page of 64 bytes for every page, where
// the device wants that and the kernel was told to do it. It must fill pages of the huge size, or
// is made to with "force".
static uint64_t memmap_kib(void) {
  char value[20];
  long n = slurp_at(device.folder, "memmap_on_memory", value, sizeof value);
  if (n < 0 || *value != '1') return 0;
  if (slurp("/sys/module/memory_hotplug/parameters/memmap_on_memory", value, sizeof value) < 0) {
    return 0;
  }
  uint64_t bytes = block_size / page * 64;
  if (*value == 'Y') return bytes % HUGE_PAGE ? 0 : bytes >> 10;
  return *value == 'f' ? (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE >> 10 : 0;
}

static void select_device(const char *name) {
  struct dax found;
  known.length = 0;
  if (!is_device(name)) return send_error("A device is daxX.Y, not '%.40s'.", name);
  if (!read_device(&found, name)) return send_error("There is no device %s here.", name);
  if (device.name[0]) close(device.folder);
  device = found;
  read_neighbours();
  put(&out, "{");
  put_text(&out, "device", name);
  put(&out, ",\"node\":%d,", device.node);
  put_text(&out, "driver", driver_of(&device));
  put(&out, ",\"ranges\":[");
  for (int i = 0; i < device.ranges; i++) {
    put(&out,
        "%s{\"start\":\"0x%" PRIx64 "\",\"end\":\"0x%" PRIx64 "\",\"first_block\":%" PRIu64
        ",\"blocks\":%" PRIu64 "}",
        i ? "," : "", device.range[i].start, device.range[i].end, device.range[i].first,
        device.range[i].blocks);
  }
  put(&out, "],");
  put_attributes(&device);
  put(&out, ",\"memmap_kib\":%" PRIu64 ",\"neighbours\":[", memmap_kib());
  for (int i = 0; i < neighbours; i++) {
    put(&out, "%s{", i ? "," : "");
    put_text(&out, "device", neighbour[i].name);
    put(&out, ",");
    put_text(&out, "driver", driver_of(&neighbour[i]));
    put(&out, ",");
    put_attributes(&neighbour[i]);
    put(&out, "}");
  }
  put(&out, "]}");
  send_line();
}

// How long a fixed piece of work takes, in ns: calls of the kernel that make a text, and memory.
static int64_t speed(void) {
  static volatile uint64_t words[SPEED_BYTES / sizeof(uint64_t) / SPEED_ROUNDS];
  char value[32];
  int64_t t0 = now();
  for (int i = 0; i < SPEED_READS; i++) slurp_open(policy_file, value, sizeof value);
  for (int round = 0; round < SPEED_ROUNDS; round++) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) words[i] = words[i] * 3 + i;
  }
  return now() - t0;
}

static void hello(void) {
  struct utsname u;
  char cmdline[4097] = "";
  uname(&u);
  slurp("/proc/cmdline", cmdline, sizeof cmdline);
  put(&out, "{\"agent\":%d,", PROTOCOL);
  put_text(&out, "release", u.release);
  put(&out, ",");
  put_text(&out, "version", u.version);
  put(&out, ",");
  put_text(&out, "cmdline", cmdline);
  put(&out, ",\"page_size\":%zu,\"block_size\":%" PRIu64 ",\"pid\":%d,", page, block_size,
      getpid());
  put(&out, "\"injector\":%s,\"helper\":%s,\"speed_ns\":%" PRId64 "}",
      can_inject() ? "true" : "false", can_help() ? "true" : "false", speed());
  send_line();
}

static void want(char *list) {
  known.length = 0;
  unsigned chosen = 0;
  for (char *word; (word = strsep(&list, ","));) {
    unsigned bit = strcmp(word, "all") == 0 ? ALL : 0;
    for (unsigned i = 0; i < sizeof aspects / sizeof *aspects; i++) {
      if (strcmp(word, aspects[i]) == 0) bit = 1U << i;
    }
    if (!bit) return send_error("An observation has no '%.40s'.", word);
    chosen |= bit;
  }
  wanted = chosen;
  put(&out, "{\"want\":%u}", wanted);
  send_line();
}

// The next line of stdin without its newline, in its own memory; NULL at the end.
static char *next_line(void) {
  static char *line;
  static size_t capacity;
  ssize_t n = getline(&line, &capacity, stdin);
  if (n < 0) return NULL;
  if (n > MAX_LINE) exit((send_error("A line is at most %d bytes.", MAX_LINE), 1));
  if (line[n - 1] == '\n') line[n - 1] = 0;
  return line;
}

static void serve_batch(const char *id) {
  static char *lines[MAX_BATCH];
  int n = 0;
  char *line;
  bool full = false;
  while ((line = next_line()) && strcmp(line, "end") != 0) {
    if (n == MAX_BATCH) {
      full = true;
    } else if (!(lines[n++] = strdup(line))) {
      die("strdup");
    }
  }
  if (full) {
    send_error("A batch has at most %d lines.", MAX_BATCH);
  } else if (line) {  // else stdin ended: nobody waits for the steps
    run_batch(id, lines, n);
  }
  while (n > 0) free(lines[--n]);
}

static int must_open(const char *path, int flags) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) die(path);
  return fd;
}

static void hand_on(const char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t n = write(STDOUT_FILENO, bytes + done, length - done);
    if (n < 0) _exit(1);
    done += (size_t)n;
  }
}

// Hands replies on to the client. On an emulated processor a packet for every reply would cost more
// than the steps; so replies of a running batch are held back for a moment, here and not in the
// agent, which may hang in a step.
static void relay(int from) {
  static char held_back[64 << 10];
  struct text hung = {0};
  size_t length = 0;
  int64_t since = 0;
  for (;;) {
    int look = watch_look(&hung);
    struct pollfd p[] = {{.fd = from, .events = POLLIN},
                         {.fd = STDOUT_FILENO, .events = POLLRDHUP}};
    int64_t left = HOLD_BACK_MS - (now() - since) / 1000000;
    int wait = !length ? look : left > look ? look : left > 0 ? (int)left : 0;
    int ready = hung.length ? 0 : poll(p, 2, wait);
    if (ready > 0 && p[1].revents) _exit(1);
    ssize_t n = ready > 0 ? read(from, held_back + length, sizeof held_back - length) : 0;
    bool end = ready > 0 && n <= 0;
    if (n > 0) {
      if (!length) since = now();
      length += (size_t)n;
    }
    size_t line = length;  // where the last line begins
    while (line > 1 && held_back[line - 2] != '\n') line--;
    if (line) line--;
    bool step = length - line > 4 && memcmp(held_back + line, "{\"n\":", 5) == 0;
    bool due = now() - since >= HOLD_BACK_MS * INT64_C(1000000);
    if (length && (!step || due || end || hung.length || length > sizeof held_back / 2)) {
      hand_on(held_back, length);
      length = 0;
    }
    // The agent is in the step, so that its last line is whole.
    hand_on(hung.bytes, hung.length);
    hung.length = 0;
    if (end) _exit(0);
  }
}

static void start_relay(void) {
  int ends[2];
  watch = mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (watch == MAP_FAILED) die("mmap");
  watch->pid = getpid();
  if (pipe2(ends, O_CLOEXEC)) die("pipe");
  pid_t child = fork();
  if (child < 0) die("fork");
  if (!child) {
    close(ends[1]);
    close(STDIN_FILENO);
    relay(ends[0]);
  }
  if (dup2(ends[1], STDOUT_FILENO) < 0) die("dup2");
  close(ends[0]);
  close(ends[1]);
}

static int serve(void) {
  start_relay();
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int size = 1 << 20;
  sigset_t child;
  page = (size_t)sysconf(_SC_PAGESIZE);
  char value[32] = "0";
  slurp(MEMORY "block_size_bytes", value, sizeof value);
  block_size = strtoull(value, NULL, 16);
  if (!block_size) block_size = 128 << 20;
  memory_folder = must_open(MEMORY, O_PATH | O_DIRECTORY);
  policy_file = open(MEMORY "auto_online_blocks", O_RDONLY | O_CLOEXEC);
  taint_file = must_open("/proc/sys/kernel/tainted", O_RDONLY);
  iomem_file = must_open("/proc/iomem", O_RDONLY);
  kmsg = must_open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
  lseek(kmsg, 0, SEEK_END);
  uevents = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  if (uevents < 0 || bind(uevents, (struct sockaddr *)&address, sizeof address)) die("uevents");
  setsockopt(uevents, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  if (setgroups(0, NULL)) die("setgroups");
  handle(SIGALRM, on_alarm);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  for (char *line; (line = next_line());) {
    char *word = strsep(&line, " ");
    if (strcmp(word, "hello") == 0) {
      hello();
    } else if (strcmp(word, "device") == 0 && line) {
      select_device(line);
    } else if (strcmp(word, "want") == 0) {
      want(line);
    } else if (strcmp(word, "batch") == 0 && line) {
      char *id = strdup(line);
      if (!id) die("strdup");
      serve_batch(id);
      free(id);
    } else {
      send_error("A request is hello, device NAME, want LIST or batch ID, not '%.40s'.", word);
    }
  }
  return 0;
}

// Loads the modules that a list names, in its order, without a process for each.
static int load_modules(const char *folder, const char *list) {
  char path[4096], name[256];
  FILE *names = fopen(list, "re");
  if (!names) die(list);
  while (fscanf(names, "%255s", name) == 1) {
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (load(path)) die(path);
  }
  fclose(names);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 1) return serve();
  if (argc == 4 && strcmp(argv[1], "insmod") == 0) return load_modules(argv[2], argv[3]);
  fputs("usage: agent                      serve requests on stdin, replies on stdout\n"
        "       agent insmod FOLDER LIST   load the modules of FOLDER that LIST names, in order\n"
        "By hand:  hello | device dax0.0 | want attr,blocks | batch 1 / 1 read PATH / end\n"
        "The requests are described in qemu/agent/PROTOCOL.md.\n",
        argc == 2 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
  return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
}
