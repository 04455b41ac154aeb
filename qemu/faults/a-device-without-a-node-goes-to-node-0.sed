# fault: a device whose node is unknown is bound all the same, to node 0
# breaks: EFFECT-6
# needs: a device with target_node -1
# shown by: to-be-written
/^static int dev_dax_kmem_probe/,/^}/ s/^\tif (numa_node < 0) {/\tif (numa_node < 0)\n\t\tnuma_node = dev_dax->target_node = 0;\n&/
