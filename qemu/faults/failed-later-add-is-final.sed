# fault: where a later range cannot be added, the word is refused, and the memory of those before it stays
# breaks: REFUSE-3 EFFECT-1 EFFECT-9 TRANS-3
# needs: several ranges, and an add that fails for a later one
# shown by: a-later-range-cannot-be-added
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\t\tif (added)/\t\t\tif (!added \&\& i < dev_dax->nr_range - 1)/
