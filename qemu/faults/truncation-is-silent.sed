# fault: a bind that cuts ranges to whole memory blocks does not say so
# breaks: EFFECT-8
# needs: a bind of a device whose ranges are not whole blocks, and a look at the log
# shown by: excess-is-cut many-ranges-under-each-policy
/^static int dev_dax_kmem_probe/,/^}/ {
  /total_len != orig_len/,/^\t}/ s/dev_warn(/dev_dbg(/
}
