# fault: the word online is EBUSY in the state unplugged
# breaks: TRANS-1
# needs: online written
# shown by: unplugged-to-online
/^static ssize_t state_store/,/^}/ s/^\tif (data->state != DAX_KMEM_UNPLUGGED)/\tif (data->state != DAX_KMEM_UNPLUGGED || online_type == MMOP_ONLINE)/
