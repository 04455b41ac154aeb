# fault: an online word adds the last of several ranges offline; a bind onlines it
# breaks: EFFECT-1
# needs: several ranges, an online word from unplugged
# shown by: every-range-comes-online
/^static ssize_t state_store/,/^}/ s/dax_kmem_do_hotplug(dev_dax, data, online_type)/dax_kmem_do_hotplug(dev_dax, data, online_type | 0x100)/
/^static int dax_kmem_do_hotplug/,/^}/ {
  s/^\tif (dax_kmem_state_is_online(data->state))/\tbool written = online_type \& 0x100;\n\n\tonline_type \&= 0xff;\n&/
  s/^\t\t\t\tonline_type);/\t\t\t\twritten \&\& i \&\& i == dev_dax->nr_range - 1 ? MMOP_OFFLINE : online_type);/
}
