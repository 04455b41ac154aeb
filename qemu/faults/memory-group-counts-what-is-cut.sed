# fault: the memory group is told to be of the size before the ranges are cut to memory blocks
# breaks: POLICY-3
# needs: online_policy=auto-movable, a device whose ranges are not whole blocks, and the word online
# shown by: to-be-written
/^static int dev_dax_kmem_probe/,/^}/ s/PFN_UP(total_len)/PFN_UP(orig_len)/
