# fault: an unplug from online or online_kernel is always EBUSY
# breaks: TRANS-5 ATOMIC-4
# needs: an unplug from online and from online_kernel where the kernel keeps nothing in that memory
# shown by: unplugged-to-online-kernel
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (data->state == MMOP_ONLINE || data->state == MMOP_ONLINE_KERNEL)\n\t\trc = -EBUSY;\n\telse\n\t&/
