# fault: each range is added once with a size that is no whole memory block, which the kernel refuses with an error line, and then right
# breaks: ROBUST-1
# needs: a bind or an online word, and a look at every log line of level error
# shown by: interrupted-rolls-back clean-through-a-whole-round
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\trc = __add_memory_driver_managed(/\t\t__add_memory_driver_managed(data->mgid, range.start,\n\t\t\t\trange_len(\&range) - PAGE_SIZE, kmem_name,\n\t\t\t\tmhp_flags, online_type);\n&/
