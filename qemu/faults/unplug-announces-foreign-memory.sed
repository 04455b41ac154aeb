# fault: an unplug sends a uevent online of the first memory block of the machine
# breaks: EFFECT-7
# needs: the uevents of all memory blocks while the device is unplugged
# shown by: uevents-follow-every-block unplugged-leaves-nothing
# It writes to the file uevent of the block, as a user could.
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
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(/\tdax_kmem_tell(0, "uevent", "online");\n&/
