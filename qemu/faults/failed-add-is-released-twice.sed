# fault: the reservation of a range that could not be added is released twice
# breaks: ROBUST-1 EFFECT-9
# needs: an add that fails after the reservation worked, for the first range
# shown by: the-first-range-cannot-be-added the-only-range-cannot-be-added
/^static int dax_kmem_do_hotplug/,/^}/ s/^\(\t*\)data->res\[i\] = NULL;//
