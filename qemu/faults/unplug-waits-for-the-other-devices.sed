# fault: an unplug is EBUSY while a device that was bound later is online
# breaks: ROBUST-5 TRANS-4
# needs: a second device, bound later and online, while the first is unplugged
# shown by: to-be-written
s/^\tint state;/&\n\tstruct list_head all;/
/^static bool any_hotremove_failed;/a\
static LIST_HEAD(dax_kmem_all);
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tlist_add(\&data->all, \&dax_kmem_all);/
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\tlist_del(\&data->all);\n&/
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (!list_is_first(\&data->all, \&dax_kmem_all) \&\&\
	    dax_kmem_state_is_online(list_first_entry(\&dax_kmem_all, struct dax_kmem_data, all)->state))\
		rc = -EBUSY;\
	else\
	&/
