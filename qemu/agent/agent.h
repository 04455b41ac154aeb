/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the agent share. */
#ifndef DAXCHECK_AGENT_H
#define DAXCHECK_AGENT_H

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/kernel-page-flags.h>
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
	MAX_LINE = 1 << 20,  // bytes of one request line
	MAX_BATCH = 4096,    // lines of one batch
	MAX_READ = 64 << 10, // bytes of one read
	MAX_TOLD =
		32 << 10, // bytes of an actor's reply to one line: enough for any sysfs attribute
	MAX_ACTORS = 16,
	MAX_ACTOR_STEPS = 1024, // of all actors of one step
	MAX_RANGES = 32,
	MAX_NEIGHBOURS = 64,
	MAX_IOMEM = 1 << 14,	   // lines
	MAX_IOMEM_BYTES = 1 << 20,
	MAX_HELD = 32,	  // pins and fills that exist at a time
	DEFAULT_LIMIT_MS = 10000,
	MAX_DELAY_MS = 1000, // its processor does nothing else meanwhile
	REAP_MS = 20000, // how long a killed actor may take to die: onlining is not killable
	TICK_MS = 50,
	CHUNK = 1 << 18,       // bytes that the search of a pin or fill takes at a time
	HOLD_BACK_MS = 50,     // how long a reply may wait for others
	LOOKS_MS = 500,	       // between the two looks at what runs over its limit
	ALARM_MS = 800,	       // from the limit until such a step is interrupted
	HUNG_MS = 5000,	       // from the limit until one that cannot be is told
	SPEED_READS = 200,     // of a file of sysfs, to measure how fast this machine is
	SPEED_BYTES = 4 << 20, // written for that, to memory of this many rounds
	SPEED_ROUNDS = 16,
	MAX_FRAMES = 8,	   // functions of a stack that are told
	LARGEST = 4 << 20, // bytes of the page allocator's largest piece
	HUGE_PAGE = 2 << 20,
	LEAK_AGE_MS = 5500, // from an age of 5 s on kmemleak reports what it finds
	PUNCH_HOLE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
};

struct text {
	char *bytes;
	size_t length, capacity;
};

// What came out of a step: `ns` is the time of its system calls, the open among them.
struct result {
	long ret;
	int err;
	const char *at; // the call that failed, when it is not the step's own
	int64_t t0, t1;
};

#define MEMORY "/sys/devices/system/memory/"
#define DAX "/sys/bus/dax/devices/"
#define MODULES "/lib/daxcheck/modules/"
#define HELPER "/lib/daxcheck/helper/daxcheck.ko"
#define PARAMETERS "/sys/module/daxcheck/parameters/"
#define DEBUGFS "/sys/kernel/debug"
#define KMEMLEAK DEBUGFS "/kmemleak"
#define INJECT "/sys/kernel/debug/notifier-error-inject/memory/actions/"
#define FAIL_NTH "/proc/thread-self/fail-nth"

// Which allocation of the next write(2) fails.
struct failure {
	bool page;     // of the page allocator's, else of slab's
	uint64_t nth;  // counted from 1; 0: none
	int file;      // where the kernel counts down
	bool happened; // there was such an allocation
};

struct dax {
	char name[32];
	int folder; // the device's; a walk through the links to it costs as much as the rest of a
		    // read
	int node;
	int ranges;
	struct {
		uint64_t start, end; // physical addresses, end included
		uint64_t first, blocks;
	} range[MAX_RANGES];
	bool kmem; // when it was selected
};

enum {
	ATTR = 1,
	BLOCKS = 2,
	MEM = 4,
	IOMEM = 8,
	DRIVER = 16,
	POLICY = 32,
	TAINT = 64,
	LOG = 128,
	UEVENTS = 256,
	NEIGHBOURS = 512,
	ALL = 1023
};

struct held {
	char id[32]; // empty when the place is free
	char *map;
	size_t bytes;
	int pipe[2]; // of a pin
	int file;    // of a fill
	uint64_t seed;
	size_t chunks;
	uint32_t *chunk; // which chunks of the file are the fill's
};

enum {
	MAX_ACTOR_PIDS = 256,
	MAX_OTHERS = 20
};

// A look at a process.
struct look {
	char state;
	uint64_t ticks; // of processor time
	int frames;
	char frame[MAX_FRAMES][80];
};

// What agent and relay share: the relay looks at a step of the agent that is over its limit.
struct watch {
	pid_t pid;
	uint64_t n;		  // the step's number in its batch
	_Atomic uint64_t step;	  // counts the steps that have a limit
	_Atomic int64_t deadline; // of the one that runs, or 0
	_Atomic uint64_t looked;  // the step that stuck_in is about
	char stuck_in[1024];	  // a JSON member
};

// What an actor tells of one of its lines, in memory shared with the agent.
struct told {
	int actor; // which place has the line
	atomic_int begun, done;
	int64_t t0;
	size_t length;
	char text[MAX_TOLD]; // JSON members, or a line for a person
};

struct stage {
	int actors, names[MAX_ACTORS];
	atomic_int ready, go;
	_Atomic pid_t pid[MAX_ACTORS];
	struct told told[];
};

/* text.c */
extern struct text out;
void die(const char *what);
void too_much(const char *what);
void reserve(struct text *t, size_t more);
__attribute__((format(printf, 2, 3))) void put(struct text *t, const char *format, ...);
void put_string(struct text *t, const char *bytes, size_t length);
void put_text(struct text *t, const char *key, const char *value);
const char *errno_name(int e);
void put_errno(struct text *t, int e);
void send_line(void);
__attribute__((format(printf, 1, 2))) void send_error(const char *format, ...);
int split(char *line, char **token);
bool decode(char *token, char **bytes, size_t *length);
bool number(const char *token, uint64_t *value);
int errno_number(const char *name);
int signal_number(const char *name);

/* file.c */
int64_t now(void);
extern volatile sig_atomic_t alarmed;
void on_alarm(int s);
void on_restart(int s);
void handle(int s, void (*handler)(int));
void arm(uint64_t ms);
int pause_us(uint64_t us);
void failed(struct result *r, const char *at);
extern struct failure failure;
void file_write(struct result *r, const char *path, const char *data, size_t length, int64_t offset,
		bool unprivileged);
void file_read(struct result *r, const char *path, char *data, size_t capacity, bool unprivileged);
long slurp_open(int fd, char *data, size_t capacity);
long slurp_at(int folder, const char *path, char *data, size_t capacity);
long slurp(const char *path, char *data, size_t capacity);
__attribute__((format(printf, 1, 2))) uint64_t number_in(const char *format, ...);

/* observe.c */
extern struct dax device;
extern struct dax neighbour[MAX_NEIGHBOURS];
extern int neighbours;
extern uint64_t block_size;
extern int memory_folder, policy_file, taint_file, iomem_file, kmsg, uevents;
extern const char *const aspects[10];
extern unsigned wanted;
const char *driver_of(const struct dax *d);
bool is_device(const char *name);
bool read_device(struct dax *d, const char *name);
extern struct text known;
void put_neighbours(struct text *t);
void observe(struct text *t);

/* hold.c */
extern struct held held[MAX_HELD];
extern size_t page;
struct held *held_find(const char *id);
void held_drop(struct held *h);
char *map_on(int node, size_t bytes, int file);
int node_at(const void *address);
uint64_t frame_at(int pagemap, const char *address);
size_t searched(void);
void do_fill(struct result *r, struct held *h, int node, uint64_t bytes, uint64_t seed,
	     struct text *extra);
void do_verify(struct result *r, const struct held *h, struct text *extra);

/* agent.c */
void prepare(void);
bool choose(const char *name);

/* hand.c */
extern bool by_hand; // answers are for a person, not JSON
int help(bool asked);
int hand(int n, char **argument);
bool is(const char *word, const char *other);
int refuse(const char *sentence, const char *what);
void put_answer(struct text *t, const struct result *r);

/* holders.c */
int hold_pins(char **argument, int n);
int hold_fill(char **argument, int n);
int hold_events(char **argument, int n);
int verify_fill(char **argument, int n);
int stop_holders(char **argument, int n);

/* pin.c */
void do_pin(struct result *r, struct held *h, int node, uint64_t start, uint64_t end,
	    struct text *extra);

/* others.c */
extern pid_t actor_pids[MAX_ACTOR_PIDS];
extern unsigned actor_count;
void do_others(struct result *r, struct text *extra);

/* inject.c */
int load(const char *file);
void do_load(struct result *r, const char *name);
bool can_inject(void);
void do_inject(struct result *r, const char *action, int error);
bool can_fail(void);
bool failure_of(const char *text);
void failure_ready(struct result *r);
void failure_end(struct text *extra);
bool can_find_leaks(void);
void do_leaks(struct result *r);
bool can_help(void);
void do_addfail(struct result *r, uint64_t start, int error, struct text *extra);
void do_occupy(struct result *r, bool nothing, uint64_t start, uint64_t end, struct text *extra);
void do_delay(struct result *r, const char *what, uint64_t ms, struct text *extra);
void do_remap(struct result *r, const char *name, struct text *extra);

/* hang.c */
void look_at(pid_t pid, struct look *l);
void put_looks(struct text *t, const struct look *first, const struct look *second);
extern struct watch *watch;
void watch_begin(uint64_t n, uint64_t limit_ms);
void watch_end(void);
int watch_look(struct text *hung);

/* actors.c */
extern struct stage *stage;
void do_wait(struct result *r, const char *path, const char *value, size_t length,
	     uint64_t limit_ms);
void do_signal(struct result *r, uint64_t name, int s);
void put_result(struct text *t, const struct result *r);
const char *do_actors(struct result *r, uint64_t limit_ms, char **line, int count,
		      struct text *extra);

/* steps.c */
extern char data[MAX_READ]; // that a read gave
const char *do_step(char **token, int n, char **line, int lines, int *taken, struct result *r,
		    struct text *extra);
void run_batch(const char *id, char **line, int lines);

#endif
