# fault: every read of the attribute is logged with level warning
# breaks: ROBUST-1 ATTR-5
# needs: a read, and a look at every log line of level warning
# shown by: interrupted-rolls-back clean-through-a-whole-round
/^static ssize_t state_show/,/^}/ s/^\tif (data->state == DAX_KMEM_UNPLUGGED)/\tdev_warn(dev, "state is %d\\n", data->state);\n&/
