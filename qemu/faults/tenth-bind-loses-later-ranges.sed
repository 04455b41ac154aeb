# fault: every tenth bind since the module was loaded adds the first range only
# breaks: EFFECT-1 POLICY-5 EFFECT-5
# needs: several ranges, bound ten times
# shown by: rebind-cycles-do-not-drift counts-at-bind
s/^\tint state;/&\n\tbool bound;/
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tdata->bound = true;/
/^static bool any_hotremove_failed;/a\
static int dax_kmem_binds;
/^static int dev_dax_kmem_probe/,/^}/ s/^\trc = dax_kmem_init_resources(/\tdax_kmem_binds++;\n&/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = /		if (i \&\& !data->bound \&\& dax_kmem_binds % 10 == 0) {\
			remove_resource(data->res[i]);\
			kfree(data->res[i]);\
			data->res[i] = NULL;\
			continue;\
		}\n&/
