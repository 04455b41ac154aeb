# fault: an unbind does not give the memory group back
# breaks: ROBUST-2
# needs: a count of the kernel's memory groups
# unseen: a group has no file; some ten bytes of the slab for each unbind, which only kmemleak, which no Debian kernel has, would name
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(.*//
