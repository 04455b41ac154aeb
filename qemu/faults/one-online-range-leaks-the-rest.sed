# fault: an unbind that finds an online range does not remove the offline ranges behind it
# breaks: UNBIND-6
# needs: several ranges, an earlier one online and a later one offline at the unbind
# shown by: only-online-ranges-leak
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (rc || remove_memory(/
