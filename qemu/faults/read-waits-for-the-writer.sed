# fault: a read takes the lock of the writers, and hangs behind an unplug that a pinned page holds up
# breaks: CONC-2
# needs: a read while an unplug is held up
# shown by: read-during-a-blocked-unplug
/^static ssize_t state_show/,/^}/ s/^\tif (data->state == DAX_KMEM_UNPLUGGED)/\tguard(mutex)(\&data->lock);\n\n&/
