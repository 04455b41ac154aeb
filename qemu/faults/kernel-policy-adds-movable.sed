# fault: bound under policy online_kernel, the blocks are in ZONE_MOVABLE; the attribute says online_kernel
# breaks: POLICY-4
# needs: a bind under policy online_kernel, and a look at the zones
# shown by: bind-under-online-kernel
/^static int dev_dax_kmem_probe/,/^}/ s/^\trc = dax_kmem_do_hotplug(dev_dax, data, online_type);/\trc = dax_kmem_do_hotplug(dev_dax, data,\n\t\t\tonline_type == MMOP_ONLINE_KERNEL ? MMOP_ONLINE_MOVABLE : online_type);/
