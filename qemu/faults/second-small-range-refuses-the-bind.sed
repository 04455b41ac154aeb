# fault: a device with two ranges that have no whole memory block is refused at bind
# breaks: EFFECT-8 POLICY-5
# needs: a device with two ranges without a whole block
# shown by: excess-is-cut
/^static int dev_dax_kmem_probe/,/^}/ {
  s/^\tint i, rc;/\tint i, rc, small = 0;/
  s/^\t\t\tcontinue;/\t\t\tif (++small > 1)\n\t\t\t\treturn -EINVAL;\n&/
}
