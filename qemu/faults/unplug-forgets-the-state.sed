# fault: after an unplug that succeeded a read gives the online word of before
# breaks: ATTR-7 TRANS-4
# needs: unplugged written, and a read
# shown by: online-movable-to-unplugged
/^static ssize_t state_store/,/^}/ s/^\t\tdata->state = DAX_KMEM_UNPLUGGED;//
