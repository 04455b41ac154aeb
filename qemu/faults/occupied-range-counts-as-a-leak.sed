# fault: an unbind takes a range that was occupied at the bind for one that it leaks
# breaks: UNBIND-6 ROBUST-1
# needs: several ranges, a later one leaked by an earlier unbind, bound again, unplugged and unbound
# shown by: the-last-range-is-occupied
s/^\tint state;/&\n\tbool occupied;/
/^static int dax_kmem_init_resources/,/^}/ s/^\t\t\tif (mapped)/\t\t\tdata->occupied = true;\n&/
/^static int dax_kmem_remove_ranges/,/^}/ s/^\tint i, rc = 0;/\tint i, rc = data->occupied ? -EBUSY : 0;/
