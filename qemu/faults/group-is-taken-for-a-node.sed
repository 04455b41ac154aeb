# fault: the number of the memory group is taken for that of the node, so that a second device comes to another node
# breaks: EFFECT-6 ROBUST-5
# needs: a second device bound while the first is, and its node
# shown by: interrupted-rolls-back an-empty-node-has-nothing-to-fill
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = MHP_NID_IS_MGID;/\t\tmhp_flags = MHP_NONE;/
