# fault: an unbind that leaks gives the memory type of the node back, while its memory stays
# breaks: UNBIND-3 ROBUST-1
# needs: a leak, the module unloaded, the leaked blocks offlined, and the memory tiers
# shown by: to-be-written
/^static void dev_dax_kmem_remove/,/^}/ s/^\t\tany_hotremove_failed = true;/&\n\t\tclear_node_memory_type(node, NULL);/
