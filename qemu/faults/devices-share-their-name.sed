# fault: every device reserves its ranges in the name of the one that was bound first
# breaks: ROBUST-5 EFFECT-4
# needs: a second device, bound later, and a look at iomem
# shown by: to-be-written
/^static bool any_hotremove_failed;/a\
static const char *dax_kmem_first_name;
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->res_name = kstrdup(.*/\tif (!dax_kmem_first_name)\
		dax_kmem_first_name = kstrdup(dev_name(dev), GFP_KERNEL);\
	data->res_name = dax_kmem_first_name ? kstrdup(dax_kmem_first_name, GFP_KERNEL) : NULL;/
