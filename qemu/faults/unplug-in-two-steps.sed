# fault: an unplug offlines all blocks, then removes range by range, and others may online a block in between
# breaks: CONC-3 ATOMIC-1
# needs: someone who onlines single blocks while the device is unplugged
# shown by: unplug-against-a-block-toggler
# corpus: 4
# The race that the attribute was made to end (v3 cover letter: "external entities can interfere
# between the offline and remove steps"). The pause makes it likely: who writes to a block waits 5
# ms between two tries for the lock.
/^static LIST_HEAD(kmem_memory_types);/a\
static int dax_kmem_block(u64 at, const char *word)\
{\
	char path[64];\
	struct file *file;\
	loff_t pos = 0;\
	int rc;\
\
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%llu/state",\
		 at / memory_block_size_bytes());\
	file = filp_open(path, O_WRONLY, 0);\
	if (IS_ERR(file))\
		return PTR_ERR(file);\
	while ((rc = kernel_write(file, word, strlen(word), &pos)) == -ERESTARTNOINTR)\
		recalc_sigpending();\
	filp_close(file, NULL);\
	return rc < 0 ? rc : 0;\
}\
\
static int dax_kmem_offline(struct range *ranges, int nr)\
{\
	const char *was[64] = {};\
	u64 size = memory_block_size_bytes(), at;\
	int i, n = 0, rc = 0;\
\
	for (i = 0; i < nr && !rc; i++) {\
		for (at = ranges[i].start; at < ranges[i].end && !rc && n < 64; at += size) {\
			struct page *page = pfn_to_online_page(PHYS_PFN(at));\
			bool movable = page && page_zonenum(page) == ZONE_MOVABLE;\
\
			rc = page ? dax_kmem_block(at, "offline") : 0;\
			if (page && !rc)\
				was[n] = movable ? "online_movable" : "online_kernel";\
			n++;\
		}\
	}\
	n = 0;\
	for (i = 0; rc && i < nr; i++) {\
		for (at = ranges[i].start; at < ranges[i].end && n < 64; at += size, n++) {\
			if (was[n])\
				dax_kmem_block(at, was[n]);\
		}\
	}\
	return rc;\
}
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\trc = offline_and_remove_memory_ranges(.*);/\trc = dax_kmem_offline(ranges, nr_ranges);\
	schedule_timeout_uninterruptible(rc ? 0 : msecs_to_jiffies(20));\
	for (i = 0; !rc \&\& i < dev_dax->nr_range; i++) {\
		struct range one;\
\
		if (!data->res[i] || dax_kmem_range(dev_dax, i, \&one))\
			continue;\
		rc = remove_memory(one.start, range_len(\&one));\
		if (rc)\
			break;\
		remove_resource(data->res[i]);\
		kfree(data->res[i]);\
		data->res[i] = NULL;\
	}/
}
