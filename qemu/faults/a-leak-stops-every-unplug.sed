# fault: after a device was unbound online, no device can be unplugged any more
# breaks: ROBUST-5 TRANS-4
# needs: a second device, unplugged after the first was unbound online
# shown by: the-last-range-is-occupied online-movable-to-unplugged
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (any_hotremove_failed)\n\t\trc = -EBUSY;\n\telse\n\t&/
