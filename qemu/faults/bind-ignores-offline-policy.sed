# fault: bound under policy offline, the blocks come up online_movable, and the attribute says so
# breaks: POLICY-2
# needs: a bind under policy offline
# shown by: bind-under-offline
/^static int dev_dax_kmem_probe/,/^}/ s/= mhp_get_default_online_type();/= mhp_get_default_online_type() ?: MMOP_ONLINE_MOVABLE;/
