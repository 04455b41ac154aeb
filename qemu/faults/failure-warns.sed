# fault: a failed unplug also gives a WARN
# breaks: ROBUST-1 ATOMIC-6
# needs: a failed unplug, and a look at the taint
# shown by: failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/^\tif (rc) {/\tif (WARN_ON(rc)) {/
