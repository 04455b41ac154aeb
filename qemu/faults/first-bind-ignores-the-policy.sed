# fault: the first bind after the module is loaded adds the blocks offline, whatever the policy
# breaks: POLICY-5 ROBUST-4
# needs: the bind of the boot, or the module loaded while the device is there
# shown by: reloaded-again-and-again
/^static bool any_hotremove_failed;/a\
static bool dax_kmem_tried;
/^static int dev_dax_kmem_probe/,/^}/ s/^\trc = dax_kmem_init_resources(/\tif (!dax_kmem_tried)\n\t\tonline_type = MMOP_OFFLINE;\n\tdax_kmem_tried = true;\n&/
