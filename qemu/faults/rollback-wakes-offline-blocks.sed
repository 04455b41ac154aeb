# fault: after a failed unplug the blocks of the ranges behind the first are online, also those that were offline before it
# breaks: SYNC-3 ATOMIC-1
# needs: several ranges, a block behind the first offline by hand, and a failed unplug
# shown by: ranges-offline-before-stay-offline
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
}
/^static int dax_kmem_do_hotremove/,/^}/ s/^\tif (rc) {/&\
		for (i = 1; i < nr_ranges \&\& dax_kmem_state_is_online(data->state); i++) {\
			u64 at = ranges[i].start;\
\
			for (; at < ranges[i].end; at += memory_block_size_bytes())\
				if (!pfn_to_online_page(PHYS_PFN(at)))\
					dax_kmem_block(at, mhp_online_type_to_str(data->state));\
		}\
		kfree(ranges);/
/^static int dax_kmem_do_hotremove/,/^}/ {
  /^\trc = offline_and_remove_memory_ranges/,/^\tif (rc)/ s/^\tkfree(ranges);//
  s/^\t\/\* All ranges removed/\tkfree(ranges);\n&/
}
