# fault: an unbind gives the memory type of its node back twice, also for a second device that stays
# breaks: ROBUST-5
# needs: a second device on the same node, and the memory tiers after the first is unbound
# shown by: to-be-written
/^static void dev_dax_kmem_remove/,/^}/ s/^\tclear_node_memory_type(.*/&\n&/
