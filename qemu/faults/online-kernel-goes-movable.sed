# Breaks: online_kernel puts the blocks into ZONE_MOVABLE; the attribute still says online_kernel.
# Noticed by: EFFECT-2. Binding under policy online_kernel (POLICY-4) is untouched.
/^static ssize_t state_store/,/^}/ s/dax_kmem_do_hotplug(dev_dax, data, online_type)/dax_kmem_do_hotplug(dev_dax, data,\n\t\t\tonline_type == MMOP_ONLINE_KERNEL ? MMOP_ONLINE_MOVABLE : online_type)/
