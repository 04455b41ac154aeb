# fault: a failed unplug that a fatal signal ended is logged with EBUSY
# breaks: ATOMIC-6
# needs: a pinned page, SIGKILL to the writer, and the error in the log line
# shown by: killed-rolls-back failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/^\(\t\tdev_err(.*\)rc);/\1fatal_signal_pending(current) ? -EBUSY : rc);/
