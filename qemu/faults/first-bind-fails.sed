# fault: the first bind after the module is loaded fails with EINVAL; all later ones work
# breaks: POLICY-1 ROBUST-4 UNBIND-8
# needs: the bind of the boot, or the module loaded while the device is there
# shown by: reloaded-again-and-again
/^static bool any_hotremove_failed;/a\
static bool dax_kmem_tried;
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/&\n\tif (!dax_kmem_tried) {\n\t\tdax_kmem_tried = true;\n\t\treturn -EINVAL;\n\t}/
