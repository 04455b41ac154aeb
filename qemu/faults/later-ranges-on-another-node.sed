# fault: the memory of the ranges behind the first is added to the first node instead of the device's
# breaks: EFFECT-6
# needs: several ranges, and a look at the node of the blocks, or memory allocated on the device's node
/^static int dax_kmem_do_hotplug/,/^}/ {
  s/mhp_flags = MHP_NID_IS_MGID;/mhp_flags = i ? MHP_NONE : MHP_NID_IS_MGID;/
  s/__add_memory_driver_managed(data->mgid,/__add_memory_driver_managed(i ? first_online_node : data->mgid,/
}
