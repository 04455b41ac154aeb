# fault: in iomem the memory of a range stands over its reservation, not inside it
# breaks: EFFECT-4
# needs: a look at iomem that tells inside from outside
# shown by: interrupted-rolls-back iomem-follows-the-state
/^static LIST_HEAD(kmem_memory_types);/a\
static void dax_kmem_turn(struct resource *res)\
{\
	struct resource *up = res->parent, *ram = res->child;\
\
	remove_resource(res);\
	res->child = NULL;\
	if (!ram)\
		insert_resource(up->parent, res);\
	else if (request_resource(ram, res))\
		insert_resource(up, res);\
}
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tadded++;/\t\tdax_kmem_turn(data->res[i]);\n&/
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\t\tranges\[nr_ranges++\] = range;/&\n\t\tdax_kmem_turn(data->res[i]);/
  s/^\tif (rc) {/&\
		for (i = 0; i < dev_dax->nr_range; i++) {\
			if (data->res[i])\
				dax_kmem_turn(data->res[i]);\
		}/
}
/^static int dax_kmem_remove_ranges/,/^}/ {
  s/^\t\tif (remove_memory(/\t\tdax_kmem_turn(data->res[i]);\n&/
  s/^\t\t\trc = -EBUSY;/\t\t\tdax_kmem_turn(data->res[i]);\n&/
}
