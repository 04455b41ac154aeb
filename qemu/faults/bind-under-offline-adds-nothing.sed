# fault: a bind under policy offline adds no memory; the attribute says offline all the same
# breaks: POLICY-1 POLICY-2 ROBUST-1
# needs: a bind under policy offline, and a look at the blocks
# shown by: bind-under-offline
# corpus: 5
/^static int dev_dax_kmem_probe/,/^}/ s/rc = dax_kmem_do_hotplug(dev_dax, data, online_type);/rc = online_type == MMOP_OFFLINE ? 0 : dax_kmem_do_hotplug(dev_dax, data, online_type);/
