# fault: a range that could not be reserved is added all the same
# breaks: EFFECT-4 ROBUST-1 EFFECT-9
# needs: several ranges, a later one occupied at bind
# shown by: an-occupied-range-is-passed-over
# corpus: 7
/^static int dax_kmem_do_hotplug/,/^}/ {
  /^\t\tif (!data->res\[i\])/,/continue;/d
}
