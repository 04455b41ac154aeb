# fault: after a leak every bind comes up offline, whatever the policy
# breaks: POLICY-5 ROBUST-5
# needs: a partial leak and a bind; or a second device
# shown by: the-last-range-is-occupied a-bind-that-cannot-online-tells
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/\tif (any_hotremove_failed)\n\t\tonline_type = MMOP_OFFLINE;\n&/
