# fault: an online word adds the memory of the ranges behind the first to the first node instead of the device's; a bind does it right
# breaks: EFFECT-6
# needs: several ranges, an online word from unplugged, and a look at the node of the blocks, or memory allocated on the device's node
# shown by: every-range-in-the-movable-zone
/^static int dax_kmem_do_hotplug/,/^}/ {
  s/mhp_flags = MHP_NID_IS_MGID;/bool astray = i \&\& device_is_bound(dev);\n\n\t\tmhp_flags = astray ? MHP_NONE : MHP_NID_IS_MGID;/
  s/__add_memory_driver_managed(data->mgid,/__add_memory_driver_managed(astray ? first_online_node : data->mgid,/
}
