# fault: the last line of an unbind that leaks has level info, not error
# breaks: UNBIND-3
# needs: an unbind in an online state, and the level of its log lines
# shown by: online-leaks
/^static void dev_dax_kmem_remove/,/^}/ s/dev_err(/dev_info(/
