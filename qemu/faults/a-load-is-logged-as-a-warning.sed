# fault: the module says with level warning that it was loaded
# breaks: ROBUST-1
# needs: the module loaded anew, and a look at every log line of level warning
# shown by: reloaded-with-offline-blocks
/^static int __init dax_kmem_init/,/^}/ s/^\trc = dax_driver_register(/\tpr_warn("kmem: registering\\n");\n&/
