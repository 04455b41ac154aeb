# fault: the ranges behind one that has no whole memory block are left out
# breaks: EFFECT-8 EFFECT-1 POLICY-2 POLICY-5
# needs: a device with a range without a whole block before another
# shown by: many-ranges-under-each-policy
/^static int dax_kmem_init_resources/,/^}/ {
  /rc = dax_kmem_range(/,/continue;/ s/continue;/break;/
}
