# fault: a bind does not name a range that has no whole memory block
# breaks: EFFECT-8
# needs: a device with a range without a whole block, bound, and a look at the log
# shown by: many-ranges-under-each-policy excess-is-cut
/^static int dev_dax_kmem_probe/,/^}/ s/dev_info(/dev_dbg(/
