# fault: an unbind that leaks frees the name under which the range stands in iomem
# breaks: UNBIND-3 ROBUST-1
# needs: an unbind in an online state, and a look at iomem after some time
# shown by: online-leaks
/^static void dev_dax_kmem_remove/,/^}/ s/^\t\tany_hotremove_failed = true;/&\n\t\tkfree(data->res_name);/
