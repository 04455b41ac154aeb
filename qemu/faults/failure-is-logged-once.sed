# fault: a failed unplug is logged the first time only, until the module is loaded anew
# breaks: ATOMIC-6
# needs: two failed unplugs, and a look at the log after each
# shown by: interrupted-rolls-back failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ s/dev_err(/dev_err_once(/
