# fault: after a leak, a clean unbind makes unloading free the name of the leaked memory
# breaks: UNBIND-8 ROBUST-1
# needs: a leak, a clean unbind after it, the module unloaded, and a look at iomem
# shown by: to-be-written
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\tany_hotremove_failed = false;\n&/
