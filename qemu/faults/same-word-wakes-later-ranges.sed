# fault: writing the present online word onlines offline blocks of the ranges behind the first
# breaks: SYNC-4 TRANS-7
# needs: several ranges, a block behind the first offline by hand, then the present word written
# shown by: same-word-with-a-range-gone-offline
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
/^static ssize_t state_store/,/^}/ {
  s/^\tif (data->state == online_type)/\tfor (int i = 1; data->state == online_type \&\& i < dev_dax->nr_range; i++) {\
		struct range range;\
		u64 at;\
\
		if (!data->res[i] || dax_kmem_range(dev_dax, i, \&range))\
			continue;\
		for (at = range.start; at < range.end; at += memory_block_size_bytes())\
			if (!pfn_to_online_page(PHYS_PFN(at)))\
				dax_kmem_block(at, mhp_online_type_to_str(online_type));\
	}\
&/
}
