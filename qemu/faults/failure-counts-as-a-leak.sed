# fault: a failed unplug counts as a leak: unloading keeps the name of the memory for good
# breaks: ATOMIC-4
# needs: a count of the kernel's small allocations
# unseen: eighteen bytes of the slab for each module that is unloaded after a failed unplug; nothing but kmemleak, which no Debian kernel has, would name them
/^static int dax_kmem_do_hotremove/,/^}/ s/^\tif (rc) {/&\n\t\tany_hotremove_failed = true;/
