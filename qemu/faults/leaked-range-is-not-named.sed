# fault: an unbind that leaks online memory says so in one line, and does not name the ranges
# breaks: UNBIND-3
# needs: an unbind in an online state, and a look at all its log lines
# shown by: online-leaks
/^static int dax_kmem_remove_ranges/,/^}/ s/dev_warn(/dev_dbg(/
