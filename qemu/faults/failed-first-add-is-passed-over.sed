# fault: where the first range cannot be added, the others are, and the word is told as accepted
# breaks: EFFECT-1
# needs: several ranges, and an add that fails for the first
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\t\tif (added)/\t\t\tif (added || i < dev_dax->nr_range - 1)/
