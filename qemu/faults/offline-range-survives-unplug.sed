# fault: an unplug of an online device passes over a range behind the first whose blocks are all offline, and calls it gone
# breaks: SYNC-2 ATOMIC-1 EFFECT-1 EFFECT-3
# needs: several ranges, all blocks of one behind the first offline by hand, then unplugged
# shown by: unplug-tolerates-an-offline-range
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
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\tranges\[nr_ranges++\] = range;/\t\tif (i \&\& dax_kmem_state_is_online(data->state) \&\& dax_kmem_all_offline(\&range))\n\t\t\tcontinue;\n&/
