# fault: the first unplug of each time online is EBUSY; the second works
# breaks: TRANS-4 ATOMIC-2
# needs: two unplugs, each after an online word
# shown by: a-restarting-signal-rolls-back
s/^\tint state;/&\n\tbool refused;/
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (dax_kmem_state_is_online(data->state) \&\& !data->refused)\n\t\trc = -EBUSY;\n\telse\n\t&\n\tdata->refused = rc;/
