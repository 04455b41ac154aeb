# fault: an unplug offlines the memory block behind the device, whosever it is, and onlines it again
# breaks: EFFECT-7 ROBUST-5
# needs: a block behind the device that can be offlined, and its uevents while the device is unplugged
# shown by: the-neighbour-is-left-alone
# It writes to the files of single blocks, as a user could.
/^static bool any_hotremove_failed;/a\
static int dax_kmem_tell(u64 at, const char *name, const char *word)\
{\
	char path[64];\
	struct file *file;\
	loff_t pos = 0;\
	int rc;\
\
	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%llu/%s",\
		 at / memory_block_size_bytes(), name);\
	file = filp_open(path, O_WRONLY, 0);\
	if (IS_ERR(file))\
		return PTR_ERR(file);\
	rc = kernel_write(file, word, strlen(word), &pos);\
	filp_close(file, NULL);\
	return rc < 0 ? rc : 0;\
}
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(/\tif (!dax_kmem_tell(ranges[nr_ranges - 1].end + 1, "state", "offline"))\
		dax_kmem_tell(ranges[nr_ranges - 1].end + 1, "state", "online_movable");\
&/
