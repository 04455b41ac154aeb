# fault: an unplug that a signal interrupted asks to be called again: a program whose handler has SA_RESTART never gets EINTR
# breaks: ATOMIC-2 ATOMIC-6
# needs: a pinned page, and a signal whose handler has SA_RESTART to the writer
# shown by: a-restarting-signal-rolls-back
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\treturn rc;/\t\treturn rc == -EINTR ? -ERESTARTSYS : rc;/
