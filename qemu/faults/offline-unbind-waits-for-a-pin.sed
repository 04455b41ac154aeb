# fault: an unbind in the state offline also offlines blocks that were onlined by hand, and hangs while a page there is pinned
# breaks: UNBIND-4 UNBIND-7
# needs: bound under policy offline, a block onlined by hand, then unbound; with a page pinned in it the unbind hangs
# shown by: offline-state-with-online-blocks
# corpus: 8
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(\(.*\))) {/if (data->state == MMOP_OFFLINE ? offline_and_remove_memory(\1) :\n\t\t    remove_memory(\1)) {/
