# fault: online_kernel puts the blocks into ZONE_MOVABLE; the attribute still says online_kernel
# breaks: EFFECT-2
# needs: the word online_kernel written; a bind under that policy is right
# shown by: unplugged-to-online-kernel
/^static ssize_t state_store/,/^}/ s/dax_kmem_do_hotplug(dev_dax, data, online_type)/dax_kmem_do_hotplug(dev_dax, data,\n\t\t\tonline_type == MMOP_ONLINE_KERNEL ? MMOP_ONLINE_MOVABLE : online_type)/
