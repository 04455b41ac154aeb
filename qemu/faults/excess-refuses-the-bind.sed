# fault: a device whose ranges are not whole blocks is refused at bind
# breaks: EFFECT-8
# needs: a device with ranges that do not end on a block border
# shown by: excess-is-cut
/^static int dev_dax_kmem_probe/,/^}/ s/^\t} else if (total_len != orig_len) {/&\n\t\treturn -EINVAL;/
