# fault: from the sixtieth on every bind since the module was loaded fails with ENOSPC
# breaks: UNBIND-1 POLICY-1
# needs: sixty binds without a reload
# shown by: to-be-written
/^static bool any_hotremove_failed;/a\
static int dax_kmem_binds;
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/&\n\tif (++dax_kmem_binds >= 60)\n\t\treturn -ENOSPC;/
