// SPDX-License-Identifier: GPL-2.0-or-later
// Loaded in guests of daxcheck only. Makes two things go wrong on demand that a kernel has no means
// of its own for: memory that is reserved already cannot be added, and a range is somebody else's. And
// lets adding or removing memory take longer, so that others come in between where they can.
//
//   echo 0x390000000 > /sys/module/daxcheck/parameters/start
//   echo 12          > /sys/module/daxcheck/parameters/errno     (0: nothing fails)
//   echo 0x390000000-0x397ffffff > /sys/module/daxcheck/parameters/occupy     (or: nothing)
//   echo 50 > /sys/module/daxcheck/parameters/delay_add          (ms; 0: no delay)
//   echo 50 > /sys/module/daxcheck/parameters/delay_remove
#include <linux/delay.h>
#include <linux/ioport.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static unsigned long long start;
module_param(start, ullong, 0644);
MODULE_PARM_DESC(start, "adding memory that begins at this physical address fails");

static int error;
module_param_named(errno, error, int, 0644);
MODULE_PARM_DESC(errno, "with this error, a positive number; 0: nothing fails");

static unsigned int delay_add, delay_remove;
module_param(delay_add, uint, 0644);
MODULE_PARM_DESC(delay_add, "how long adding a range takes longer, in ms");
module_param(delay_remove, uint, 0644);
MODULE_PARM_DESC(delay_remove, "how long removing ranges takes longer, in ms");

static struct resource *occupied;

static void let_go(void)
{
	if (occupied)
		release_mem_region(occupied->start, resource_size(occupied));
	occupied = NULL;
}

// The kernel calls these one at a time.
static int set_occupy(const char *text, const struct kernel_param *param)
{
	unsigned long long first, last;

	if (sysfs_streq(text, "nothing")) {
		let_go();
		return 0;
	}
	if (sscanf(text, "%llx-%llx", &first, &last) != 2 || last < first)
		return -EINVAL;
	let_go();
	occupied = request_mem_region(first, last - first + 1, KBUILD_MODNAME);
	return occupied ? 0 : -EBUSY;
}

static int get_occupy(char *text, const struct kernel_param *param)
{
	if (!occupied)
		return sysfs_emit(text, "nothing\n");
	return sysfs_emit(text, "%#llx-%#llx\n", (u64)occupied->start, (u64)occupied->end);
}

static const struct kernel_param_ops occupy_ops = { .set = set_occupy, .get = get_occupy };
module_param_cb(occupy, &occupy_ops, NULL, 0644);
MODULE_PARM_DESC(occupy, "START-END, held as a busy resource, or nothing");

// Where a call goes on that is to return at once: the return address is still on top of the stack.
static noinline notrace __used void come_back(void)
{
}

static int before_add(struct kprobe *probe, struct pt_regs *regs)
{
	int e = READ_ONCE(error);

	mdelay(READ_ONCE(delay_add));
	// The second argument is the address, in every version of the function.
	if (!e || regs->si != READ_ONCE(start))
		return 0;
	regs->ax = (long)-e;
	regs->ip = (unsigned long)come_back;
	return 1;
}

// A probe that changes where the kernel goes on must have one.
static void after_add(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static int before_remove(struct kprobe *probe, struct pt_regs *regs)
{
	mdelay(READ_ONCE(delay_remove));
	return 0;
}

static struct kprobe removal = { .pre_handler = before_remove };

static struct kprobe probe = { .pre_handler = before_add, .post_handler = after_add };

// What kmem calls since 7.3, and what it called before.
static const char *const adders[] = { "__add_memory_driver_managed", "add_memory_driver_managed" };

static const char *const removers[] = { "offline_and_remove_memory_ranges", "remove_memory" };

static int __init put(struct kprobe *probe, const char *const *names, int count)
{
	int i, rc = -ENOENT;

	for (i = 0; i < count && rc; i++) {
		probe->symbol_name = names[i];
		probe->addr = NULL;
		rc = register_kprobe(probe);
	}
	return rc;
}

static int __init daxcheck_init(void)
{
	int rc = put(&probe, adders, ARRAY_SIZE(adders));

	if (rc)
		return rc;
	rc = put(&removal, removers, ARRAY_SIZE(removers));
	if (rc)
		unregister_kprobe(&probe);
	return rc;
}

static void __exit daxcheck_exit(void)
{
	unregister_kprobe(&removal);
	unregister_kprobe(&probe);
	let_go();
}

module_init(daxcheck_init);
module_exit(daxcheck_exit);
MODULE_DESCRIPTION("Failures for daxcheck, in its guests only");
MODULE_LICENSE("GPL");
