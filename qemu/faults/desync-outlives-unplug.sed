# fault: when all blocks of the last of several ranges were offline at an unplug, the next online word leaves them offline again
# breaks: SYNC-5 EFFECT-1
# needs: several ranges, all blocks of the last offline by hand, unplugged, then an online word
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
s/^\tint state;/&\n\tbool asleep;/
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\tranges\[nr_ranges++\] = range;/&\n\t\tdata->asleep = i \&\& dax_kmem_state_is_online(data->state) \&\& dax_kmem_all_offline(\&range);/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\t\t\tonline_type);/\t\t\t\tdata->asleep \&\& i == dev_dax->nr_range - 1 ? MMOP_OFFLINE : online_type);/
