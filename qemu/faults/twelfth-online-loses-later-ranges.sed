# fault: every twelfth online word since the bind adds the first range only
# breaks: EFFECT-5 EFFECT-1
# needs: several ranges, and twelve online words after one bind
# shown by: cycles-of-ranges-do-not-drift twenty-rounds-do-not-drift
s/^\tint state;/&\n\tint rounds;/
/^static ssize_t state_store/,/^}/ s/^\trc = dax_kmem_do_hotplug(/\tdata->rounds++;\n&/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = /		if (i \&\& data->rounds \&\& data->rounds % 12 == 0) {\
			remove_resource(data->res[i]);\
			kfree(data->res[i]);\
			data->res[i] = NULL;\
			continue;\
		}\n&/
