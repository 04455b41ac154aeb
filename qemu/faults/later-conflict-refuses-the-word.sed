# fault: a bind or an online word is EBUSY where a later range is occupied, and the ranges before it stay reserved
# breaks: UNBIND-6
# needs: several ranges, a later one occupied
# shown by: to-be-written
/^static int dax_kmem_init_resources/,/^}/ {
  /^\t\t\tif (mapped)/,/continue;/d
}
