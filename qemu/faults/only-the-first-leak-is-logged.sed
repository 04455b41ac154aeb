# fault: an unbind that leaks says so the first time only, until the module is loaded anew
# breaks: UNBIND-3
# needs: two unbinds that leak, and a look at the log after each
# shown by: two-leaks-are-both-told
/^static void dev_dax_kmem_remove/,/^}/ s/dev_err(/dev_err_once(/
/^static int dax_kmem_remove_ranges/,/^}/ s/dev_warn(/dev_warn_once(/
