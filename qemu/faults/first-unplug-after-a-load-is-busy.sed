# fault: the first unplug after the module is loaded is EBUSY; all later ones work
# breaks: TRANS-4 ROBUST-4
# needs: the module loaded anew, and an unplug from online_movable; the same once more
# shown by: reloaded-again-and-again
/^static bool any_hotremove_failed;/a\
static bool dax_kmem_refused;
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (dax_kmem_state_is_online(data->state) \&\& !dax_kmem_refused)\n\t\trc = -EBUSY;\n\telse\n\t&\n\tdax_kmem_refused = true;/
