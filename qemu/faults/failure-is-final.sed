# fault: after an unplug that failed every further one is EBUSY until the device is bound again
# breaks: ATOMIC-4
# needs: an unplug that failed, and another once nothing is in the way
# shown by: once-the-pin-is-gone
s/^\tint state;/&\n\tbool stuck;/
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\tif (rc) {/&\n\t\tdata->stuck = true;/
  s/^\tranges = kmalloc/\tif (data->stuck)\n\t\treturn -EBUSY;\n\n&/
}
