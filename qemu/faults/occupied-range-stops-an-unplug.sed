# fault: an unplug of a device of which a range is occupied is EBUSY
# breaks: UNBIND-6 TRANS-4
# needs: several ranges, a later one leaked by an earlier unbind, bound again and unplugged
# shown by: the-last-range-is-occupied
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\tint i, nr_ranges = 0, rc;/\tint i, nr_ranges = 0, rc, occupied = 0;/
  /^\tfor (i = 0/,/^\t}/ s/^\t\tstruct range range;/&\n\n\t\tif (!data->res[i] \&\& !dax_kmem_range(dev_dax, i, \&range))\
			occupied++;/
  s/^\trc = offline_and_remove_memory_ranges(.*/\tif (occupied)\n\t\trc = -EBUSY;\n\telse\n\t&/
}
