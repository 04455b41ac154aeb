# fault: a failed unplug is not logged
# breaks: ATOMIC-6
# needs: a failed unplug, and a look at the log
# shown by: failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/dev_err(dev, "hotremove failed/dev_dbg(dev, "hotremove failed/
