# fault: a bind takes a reference to the module and never gives it back, so that it cannot be unloaded
# breaks: UNBIND-8
# needs: a bind, and the module unloaded
# shown by: unload-while-unplugged
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\t__module_get(THIS_MODULE);/
