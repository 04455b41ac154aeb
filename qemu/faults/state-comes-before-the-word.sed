# fault: a bad word is EBUSY while the device is online
# breaks: WORD-5 WORD-2
# needs: a bad word written while the device is online
# shown by: bad-word-while-online
/^static ssize_t state_store/,/^}/ s/^\t\treturn online_type;/\t\treturn dax_kmem_state_is_online(data->state) ? -EBUSY : online_type;/
