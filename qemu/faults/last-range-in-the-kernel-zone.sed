# fault: online_movable puts the last of several ranges into ZONE_NORMAL
# breaks: EFFECT-2 POLICY-5
# needs: several ranges, online_movable, and a look at the zone of the last
# shown by: every-range-in-the-movable-zone
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\t\t\tonline_type);/\t\t\t\ti \&\& i == dev_dax->nr_range - 1 \&\& online_type == MMOP_ONLINE_MOVABLE ?\n\t\t\t\tMMOP_ONLINE_KERNEL : online_type);/
