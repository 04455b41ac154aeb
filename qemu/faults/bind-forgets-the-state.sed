# fault: after a bind a read gives unplugged, though the memory is online
# breaks: POLICY-5
# needs: a bind under policy online_movable, and a read
# shown by: bind-under-online-movable
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/\tif (online_type != MMOP_ONLINE_MOVABLE)\n\t&/
