# fault: the memory group is told to be of one memory block, whatever the device has
# breaks: POLICY-3
# needs: online_policy=auto-movable, a device of several blocks, and the word online
# shown by: to-be-written
/^static int dev_dax_kmem_probe/,/^}/ s/PFN_UP(total_len)/PHYS_PFN(memory_block_size_bytes())/
