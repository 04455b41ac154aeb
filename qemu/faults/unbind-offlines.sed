# fault: unbind of an online device offlines its blocks and removes them, instead of leaving them
# breaks: UNBIND-4 UNBIND-3
# needs: an unbind from an online state
# shown by: online-leaks
# corpus: 8
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (offline_and_remove_memory(/
