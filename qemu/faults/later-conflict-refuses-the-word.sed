# fault: a bind or an online word is EBUSY where a later range is occupied, and the ranges before it stay reserved
# breaks: UNBIND-6 EFFECT-9 UNBIND-1
# needs: several ranges, a later one occupied
# shown by: the-last-range-is-occupied
/^static int dax_kmem_init_resources/,/^}/ {
  /^\t\t\tif (mapped)/,/continue;/d
}
