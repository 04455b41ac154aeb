# fault: an unbind makes every other device of the driver read unplugged, while its memory stays
# breaks: ROBUST-5
# needs: a second device online while the first is unbound, and a read of the second
# shown by: the-neighbour-is-left-alone-at-unbind the-neighbour-is-left-alone
s/^\tint state;/&\n\tstruct list_head all;/
/^static bool any_hotremove_failed;/a\
static LIST_HEAD(dax_kmem_all);
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tlist_add(\&data->all, \&dax_kmem_all);/
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\tlist_del(\&data->all);\n&/
/^static void dev_dax_kmem_remove/,/^}/ {
  s/^\tstruct dax_kmem_data \*data = /\tstruct dax_kmem_data *other;\n&/
  s/^\tkfree(data->res_name);/\tlist_for_each_entry(other, \&dax_kmem_all, all)\n\t\tother->state = DAX_KMEM_UNPLUGGED;\n&/
}
