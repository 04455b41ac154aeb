# fault: an online word in the state offline is told as accepted, and does nothing
# breaks: REFUSE-2 POLICY-8
# needs: a bind under policy offline, then an online word
# shown by: offline-to-online-types
/^static ssize_t state_store/,/^}/ s/^\tif (data->state != DAX_KMEM_UNPLUGGED)/\tif (data->state == MMOP_OFFLINE)\n\t\treturn len;\n\n&/
