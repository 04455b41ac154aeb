# fault: an unplug that failed with another error than EINTR is told as EBUSY; the log has the right one
# breaks: ATOMIC-6 ATOMIC-1
# needs: an unplug that fails with ENOMEM
# shown by: refused-by-the-kernel
/^static int dax_kmem_do_hotremove/,/^}/ s/^\t\treturn rc;/\t\treturn rc == -EINTR ? rc : -EBUSY;/
