# fault: an unplug that is EBUSY is tried once more before it is told
# breaks: ATOMIC-3 EFFECT-7
# needs: an unplug that is EBUSY behind the first block, and a count of the uevents
# shown by: to-be-written
/^static int dax_kmem_do_hotremove/,/^}/ s/^\(\t\)\(rc = offline_and_remove_memory_ranges(.*\)/&\n\tif (rc == -EBUSY)\n\t\t\2/
