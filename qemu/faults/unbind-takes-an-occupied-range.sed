# fault: an unbind also removes the memory of a range that was occupied at the bind, and then releases a reservation that it never had
# breaks: UNBIND-6 ROBUST-1
# needs: several ranges, one leaked by an earlier unbind, bound again, the leaked blocks offline by hand, and unbound
# shown by: an-occupied-range-is-left-alone
# corpus: 1
/^static int dax_kmem_remove_ranges/,/^}/ s/if (!data->res\[i\] || dax_kmem_range(/if (dax_kmem_range(/
