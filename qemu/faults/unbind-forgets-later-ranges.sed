# fault: an unbind in the state offline removes the first range only, and says nothing of the others
# breaks: UNBIND-2 ROBUST-2
# needs: several ranges, unbound in the state offline
# shown by: from-offline-every-range
# The names that /proc/iomem still shows are not freed.
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (i \&\& data->state == MMOP_OFFLINE)\n\t\t\tcontinue;\n\t\t&/
/^static void dev_dax_kmem_remove/,/^}/ s/^\tkfree(data->res_name);/\tany_hotremove_failed = true;/
