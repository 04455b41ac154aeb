# fault: an unplug that a signal interrupted is EBUSY
# breaks: ATOMIC-2
# needs: a pinned page, and a signal to the writer
# shown by: interrupted-rolls-back
/^static ssize_t state_store/,/^}/ s/^\t\t\treturn rc;/\t\t\treturn rc == -EINTR ? -EBUSY : rc;/
