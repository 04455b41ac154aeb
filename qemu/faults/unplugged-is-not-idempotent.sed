# fault: writing unplugged to an unplugged device is refused with EBUSY instead of doing nothing
# breaks: TRANS-7
# needs: unplugged written twice
# shown by: same-state-unplugged
/^static ssize_t state_store/,/^}/ {
  /if (data->state == online_type)/,/return len;/ s/return len;/return online_type == DAX_KMEM_UNPLUGGED ? -EBUSY : len;/
}
