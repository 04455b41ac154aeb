# fault: a bind gives the node no memory type
# breaks: EFFECT-6
# needs: the memory tiers after a bind
# shown by: to-be-written
/^static int dev_dax_kmem_probe/,/^}/ {
  s/^\tinit_node_memory_type(.*//
  s/^\tclear_node_memory_type(.*//
}
/^static void dev_dax_kmem_remove/,/^}/ s/^\tclear_node_memory_type(.*/\t(void)node;/
