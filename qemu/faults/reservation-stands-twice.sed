# fault: each range is reserved twice, one line inside the other in iomem
# breaks: EFFECT-4
# needs: a look at iomem that counts the lines and their depth
# shown by: interrupted-rolls-back iomem-follows-the-state
/^static LIST_HEAD(kmem_memory_types);/a\
static void dax_kmem_take_inner(struct resource *res)\
{\
	struct resource *inner = res->child;\
\
	if (inner) {\
		remove_resource(inner);\
		kfree(inner);\
	}\
}
s/^\(\t*\)remove_resource(data->res\[i\]);/\1dax_kmem_take_inner(data->res[i]);\n&/
/^static int dax_kmem_init_resources/,/^}/ s/^\t\tres->flags = IORESOURCE_SYSTEM_RAM;/&\
		res = request_mem_region(range.start, range_len(\&range), data->res_name);\
		if (res)\
			res->flags = IORESOURCE_SYSTEM_RAM;/
