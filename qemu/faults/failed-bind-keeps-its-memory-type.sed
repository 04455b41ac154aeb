# fault: a bind that could not add any range leaves the memory type of the node behind
# breaks: ROBUST-2
# needs: a bind in which adding fails, and a look at the memory tiers
# unseen: one reference too many: the type of a node without memory is shown nowhere, the next bind takes the same type, and only kmemleak would name it after the module is gone
/^static int dev_dax_kmem_probe/,/^}/ s/^\tclear_node_memory_type(.*//
