# fault: a range that could not be reserved is added all the same
# breaks: EFFECT-4 ROBUST-1
# needs: several ranges, a later one occupied at bind
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ {
  /^\t\tif (!data->res\[i\])/,/continue;/d
}
