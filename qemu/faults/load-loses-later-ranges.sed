# fault: a device that is there when the module is loaded is bound with its first range only
# breaks: ROBUST-4 EFFECT-1 POLICY-3
# needs: several ranges, and the module loaded while the device is there
# shown by: reloaded-into-a-kernel-zone
s/^\tint state;/&\n\tbool bound;/
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tdata->bound = true;/
/^static bool any_hotremove_failed;/a\
static bool dax_kmem_loading;
/^static int __init dax_kmem_init/,/^}/ s/^\trc = dax_driver_register(.*/\tdax_kmem_loading = true;\n&\n\tdax_kmem_loading = false;/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = /		if (i \&\& !data->bound \&\& dax_kmem_loading) {\
			remove_resource(data->res[i]);\
			kfree(data->res[i]);\
			data->res[i] = NULL;\
			continue;\
		}\n&/
