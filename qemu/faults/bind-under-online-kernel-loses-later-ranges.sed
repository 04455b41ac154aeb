# fault: bound under policy online_kernel, a device has its first range only
# breaks: POLICY-4 EFFECT-1
# needs: several ranges, bound under policy online_kernel
# shown by: bind-under-online-kernel
s/^\tint state;/&\n\tbool bound;/
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tdata->bound = true;/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = /		if (i \&\& !data->bound \&\& online_type == MMOP_ONLINE_KERNEL) {\
			remove_resource(data->res[i]);\
			kfree(data->res[i]);\
			data->res[i] = NULL;\
			continue;\
		}\n&/
