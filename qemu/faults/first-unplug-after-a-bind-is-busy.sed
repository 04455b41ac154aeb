# fault: the first unplug after each bind is EBUSY; all later ones work
# breaks: TRANS-4 POLICY-6
# needs: a bind, an unplug; the same once more
# shown by: later-change-leaves-offline-device-alone
s/^\tint state;/&\n\tbool refused;/
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (dax_kmem_state_is_online(data->state) \&\& !data->refused)\n\t\trc = -EBUSY;\n\telse\n\t&\n\tdata->refused = true;/
