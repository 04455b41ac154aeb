# fault: an unplug of an online device is EBUSY where a block is offline
# breaks: SYNC-2 TRANS-4 ATOMIC-6
# needs: a block offline by hand, then unplugged
# shown by: unplug-tolerates-offline-blocks
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\tranges\[nr_ranges++\] = range;/\t\tfor (u64 at = range.start; at < range.end \&\& dax_kmem_state_is_online(data->state);\n\t\t     at += memory_block_size_bytes())\n\t\t\tif (!pfn_to_online_page(PHYS_PFN(at))) {\n\t\t\t\tkfree(ranges);\n\t\t\t\treturn -EBUSY;\n\t\t\t}\n&/
