# fault: an unplug of several ranges that fails with EBUSY is told as success: state unplugged, reservations released, memory online
# breaks: ATOMIC-3 ATOMIC-1 EFFECT-3
# needs: several ranges, and memory in one of them that the kernel calls busy
# shown by: several-ranges-are-busy
# corpus: 18
/^static int dax_kmem_do_hotremove/,/^}/ s/^\tif (rc) {/\tif (rc == -EBUSY \&\& dev_dax->nr_range > 1)\n\t\trc = 0;\n&/
