# fault: a refused online word is what a read gives from then on
# breaks: REFUSE-3 SYNC-1
# needs: another online type written, then a read
# shown by: refused-while-online-changes-nothing
/^static ssize_t state_store/,/^}/ s/^\tif (data->state != DAX_KMEM_UNPLUGGED)/\tif (dax_kmem_state_is_online(data->state)) {\n\t\tdata->state = online_type;\n\t\treturn -EBUSY;\n\t}\n&/
