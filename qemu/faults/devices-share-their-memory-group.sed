# fault: all devices share one memory group, and the unbind of one takes it from another that is unplugged, which then cannot come online
# breaks: ROBUST-5
# needs: a second device, unplugged; the first is unplugged and unbound, and the second gets an online word
# shown by: to-be-written
/^static bool any_hotremove_failed;/a\
static int dax_kmem_mgid = -1;
/^static int dev_dax_kmem_probe/,/^}/ {
  s/^\trc = memory_group_register_static(.*/\trc = dax_kmem_mgid;\n\tif (rc < 0)\n\t&/
  s/^\tdata->mgid = rc;/&\n\tdax_kmem_mgid = rc;/
}
s/^\tmemory_group_unregister(data->mgid);/\tif (!memory_group_unregister(data->mgid))\n\t\tdax_kmem_mgid = -1;/
