# fault: unbind of an online device of several ranges offlines and removes those behind the first
# breaks: UNBIND-4 UNBIND-6 UNBIND-3
# needs: several ranges, one behind the first online at the unbind
# shown by: only-online-ranges-leak
# corpus: 8
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(\(.*\))) {/if (i ? offline_and_remove_memory(\1) :\n\t\t    remove_memory(\1)) {/
