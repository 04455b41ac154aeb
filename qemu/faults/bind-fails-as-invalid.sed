# fault: every bind fails with EINVAL
# breaks: POLICY-1 ATTR-1 POLICY-5
# needs: a bind, that of the boot too
# shown by: present-while-bound
/^static int dev_dax_kmem_probe/,/^}/ s/^\tif (numa_node < 0) {/\tif (numa_node >= 0)\n\t\treturn -EINVAL;\n&/
