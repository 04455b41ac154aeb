# fault: every bind fails with ENOMEM
# breaks: POLICY-1 ATTR-1 POLICY-5
# needs: a bind, that of the boot too
# shown by: present-while-bound
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/&\n\tif (numa_node >= 0)\n\t\treturn -ENOMEM;/
