# fault: the ranges behind the first belong to no memory group
# breaks: POLICY-3
# needs: online_policy=auto-movable, several ranges, and the word online
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ s/__add_memory_driver_managed(data->mgid, range.start,/__add_memory_driver_managed(i ? dev_dax->target_node : data->mgid, range.start,/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tif (dev_dax->memmap_on_memory)/\t\tif (i)\n\t\t\tmhp_flags = MHP_NONE;\n&/
