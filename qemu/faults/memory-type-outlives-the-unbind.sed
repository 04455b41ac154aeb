# fault: an unbind leaves the memory type of the node behind
# breaks: ROBUST-2
# needs: a reload under another memory type, and the memory tiers
# shown by: to-be-written
/^static void dev_dax_kmem_remove/,/^}/ s/^\tclear_node_memory_type(.*/\t(void)node;/
