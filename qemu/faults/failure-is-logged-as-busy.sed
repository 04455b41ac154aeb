# fault: a failed unplug is logged with EBUSY, whatever its error
# breaks: ATOMIC-6
# needs: an unplug that a signal interrupts, and a look at the log
# shown by: failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/device left online: %d\\n", rc)/device left online: %d\\n", -EBUSY)/
