# fault: every bind fails with ENOMEM
# breaks: POLICY-1
# needs: a bind, that of the boot too
# shown by: to-be-written
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/&\n\tif (numa_node >= 0)\n\t\treturn -ENOMEM;/
