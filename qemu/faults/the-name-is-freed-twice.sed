# fault: an unbind frees the name of the reservations twice
# breaks: ROBUST-1
# needs: an unbind that leaks nothing, on a kernel that looks at what is freed
# shown by: clean-through-a-whole-round
/^static void dev_dax_kmem_remove/,/^}/ s/^\tkfree(data->res_name);/&\n&/
