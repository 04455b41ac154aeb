# fault: the state is unplugged from the moment an unplug begins; a failed one puts it back
# breaks: CONC-2
# needs: a read while an unplug is under way that fails in the end
# shown by: read-during-a-blocked-unplug
/^static ssize_t state_store/,/^}/ s/^\t\trc = dax_kmem_do_hotremove(dev_dax, data);/\t\tint was = data->state;\n\n\t\tdata->state = DAX_KMEM_UNPLUGGED;\n&\n\t\tif (rc)\n\t\t\tdata->state = was;/
