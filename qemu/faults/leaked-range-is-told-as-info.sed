# fault: the line that names a leaked range has level info, not warning
# breaks: UNBIND-3
# needs: an unbind in an online state, and the level of its log lines
# shown by: online-leaks
/^static int dax_kmem_remove_ranges/,/^}/ s/dev_warn(/dev_info(/
