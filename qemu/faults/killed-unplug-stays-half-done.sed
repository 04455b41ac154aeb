# fault: an unplug that a fatal signal ends leaves the blocks offline that it had offlined; after another signal it rolls back
# breaks: ATOMIC-2 ATOMIC-1
# needs: a pinned page behind the first block, and SIGKILL to the writer
# shown by: killed-in-the-last-range
# corpus: 20
# It offlines block by block, as a user could, and leaves only the removal to the kernel.
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
	for (i = 0; rc && !fatal_signal_pending(current) && i < nr; i++) {\
		for (at = ranges[i].start; at < ranges[i].end && n < 64; at += size, n++) {\
			if (was[n])\
				dax_kmem_block(at, was[n]);\
		}\
	}\
	return rc;\
}
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*);/\trc = dax_kmem_offline(ranges, nr_ranges);\n\tif (!rc)\n\t\trc = offline_and_remove_memory_ranges(ranges, nr_ranges);/
