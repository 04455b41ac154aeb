# fault: unplugged is EBUSY in the state offline
# breaks: TRANS-6
# needs: a bind under policy offline, then unplugged
# shown by: offline-to-unplugged
/^static ssize_t state_store/,/^}/ s/^\tif (online_type == DAX_KMEM_UNPLUGGED) {/\tif (online_type == DAX_KMEM_UNPLUGGED \&\& data->state == MMOP_OFFLINE)\n\t\treturn -EBUSY;\n\n&/
