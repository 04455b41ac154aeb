# fault: the line of a bind that cuts ranges tells what is left, not what is cut
# breaks: EFFECT-8
# needs: a bind of a device whose ranges are not whole blocks, and the size in its log line
# shown by: excess-is-cut many-ranges-under-each-policy
/^static int dev_dax_kmem_probe/,/^}/ s/orig_len - total_len/total_len/
