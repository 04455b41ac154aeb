# fault: a device whose first range has no whole memory block is refused at bind
# breaks: EFFECT-8
# needs: a device with a first range without a whole block
# shown by: many-ranges-under-each-policy
/^static int dev_dax_kmem_probe/,/^}/ s/^\t\t\tcontinue;/\t\t\tif (!i)\n\t\t\t\treturn -EINVAL;\n&/
