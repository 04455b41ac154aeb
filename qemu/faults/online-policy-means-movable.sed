# fault: bound under policy online, the device is online_movable
# breaks: POLICY-3 POLICY-7
# needs: a bind under policy online, and a read
# shown by: bind-under-online
/^static int dev_dax_kmem_probe/,/^}/ s/^\tnuma_node = dev_dax->target_node;/\tif (online_type == MMOP_ONLINE)\n\t\tonline_type = MMOP_ONLINE_MOVABLE;\n&/
