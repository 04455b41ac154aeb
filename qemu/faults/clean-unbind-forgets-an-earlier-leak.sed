# fault: after a leak, a clean unbind makes unloading free the name of the leaked memory
# breaks: UNBIND-8 ROBUST-1 EFFECT-4 UNBIND-2
# needs: a leak, a clean unbind after it, the module unloaded, and a look at iomem
# shown by: the-last-range-is-occupied
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\tany_hotremove_failed = false;\n&/
