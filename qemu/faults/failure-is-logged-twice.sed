# fault: a failed unplug is logged twice
# breaks: ATOMIC-6
# needs: a failed unplug, and a count of its log lines
# shown by: failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\tdev_err(.*/&\n&/
