# fault: unloading the module frees the name of the memory in /proc/iomem, also where an unbind leaked that memory
# breaks: UNBIND-8 UNBIND-3 EFFECT-4 ROBUST-1
# needs: unloaded while online, and a look at iomem; memory that was freed keeps its bytes for a while
# shown by: unload-while-online
# corpus: 2
/^static void dev_dax_kmem_remove/,/^}/ s/any_hotremove_failed = true;/any_hotremove_failed = false;/
