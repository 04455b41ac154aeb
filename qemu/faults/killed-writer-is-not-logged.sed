# fault: a failed unplug is not logged where a fatal signal ended it
# breaks: ATOMIC-6
# needs: a pinned page, SIGKILL to the writer, and a look at the log
# shown by: killed-rolls-back failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\tdev_err(/\t\tif (!fatal_signal_pending(current))\n\t&/
