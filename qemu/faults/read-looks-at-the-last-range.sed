# fault: a read gives offline when every block of the last of several ranges is offline, whatever was written
# breaks: SYNC-1 ATTR-7
# needs: several ranges, all blocks of the last offline by hand while the device is online, then a read
# shown by: every-range-treated-otherwise
/^static LIST_HEAD(kmem_memory_types);/a\
static bool dax_kmem_all_offline(const struct range *range)\
{\
	u64 at;\
\
	for (at = range->start; at < range->end; at += memory_block_size_bytes())\
		if (pfn_to_online_page(PHYS_PFN(at)))\
			return false;\
	return true;\
}
/^static ssize_t state_show/,/^}/ s/^\treturn sysfs_emit/\tstruct dev_dax *dev_dax = to_dev_dax(dev);\
	struct range range;\
\
	if (dev_dax->nr_range > 1 \&\& dax_kmem_state_is_online(data->state) \&\&\
	    !dax_kmem_range(dev_dax, dev_dax->nr_range - 1, \&range) \&\& dax_kmem_all_offline(\&range))\
		state_str = "offline";\
&/
