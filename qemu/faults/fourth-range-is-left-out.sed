# fault: of a device of more than three ranges the first three are used only
# breaks: EFFECT-1
# needs: a device of four ranges
# shown by: excess-is-cut
/^static int dax_kmem_init_resources/,/^}/ s/i < dev_dax->nr_range/i < min(dev_dax->nr_range, 3)/
