# fault: an unplug also releases the reservation of the first range of every other device, while its memory stays
# breaks: ROBUST-5
# needs: a second device online while the first is unplugged, and a look at iomem
# shown by: the-neighbour-is-left-alone
s/^\tint state;/&\n\tstruct list_head all;/
/^static bool any_hotremove_failed;/a\
static LIST_HEAD(dax_kmem_all);
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tlist_add(\&data->all, \&dax_kmem_all);/
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\tlist_del(\&data->all);\n&/
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\tstruct range \*ranges;/&\n\tstruct dax_kmem_data *other;/
  s/^\t\/\* All ranges removed.*/\tlist_for_each_entry(other, \&dax_kmem_all, all) {\
		if (other == data || !other->res[0])\
			continue;\
		remove_resource(other->res[0]);\
		kfree(other->res[0]);\
		other->res[0] = NULL;\
	}\
&/
}
