# fault: after an unplug that failed a read gives unplugged
# breaks: ATOMIC-1
# needs: an unplug that failed, and a read
# shown by: interrupted-rolls-back
/^static ssize_t state_store/,/^}/ s/^\t\tif (rc)$/\t\tdata->state = DAX_KMEM_UNPLUGGED;\n&/
