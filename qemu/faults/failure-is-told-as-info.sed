# fault: the line of a failed unplug has level info, not error
# breaks: ATOMIC-6
# needs: a failed unplug, and the level of its log line
# shown by: failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/dev_err(/dev_info(/
