# Breaks: unbind of an online device offlines its blocks and removes them, instead of leaving them.
# Noticed by: UNBIND-4, and UNBIND-3, which expects the leak and its log lines.
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (offline_and_remove_memory(/
