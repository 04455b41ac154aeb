# fault: after a leak every bind is EBUSY, also of a device of which another range is free, and of another device
# breaks: UNBIND-6 ROBUST-5 UNBIND-1
# needs: a partial leak and a bind; or a second device
# shown by: the-last-range-is-occupied
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/&\n\tif (any_hotremove_failed)\n\t\treturn -EBUSY;/
