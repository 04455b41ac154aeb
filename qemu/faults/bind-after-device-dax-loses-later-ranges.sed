# fault: a device that device_dax had before is bound with its first range only
# breaks: EFFECT-1 POLICY-5 POLICY-2
# needs: several ranges, bound to device_dax and then to kmem
# shown by: handed-over-range-by-range
# The character device of the first driver keeps its operations.
s/^\tint state;/&\n\tbool bound;/
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tdata->bound = true;/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = /		if (i \&\& !data->bound \&\&\
		    dax_inode(dev_dax->dax_dev)->i_cdev->ops) {\
			remove_resource(data->res[i]);\
			kfree(data->res[i]);\
			data->res[i] = NULL;\
			continue;\
		}\n&/
