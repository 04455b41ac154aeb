# fault: an unbind releases the reservation of an online range behind the first, while its memory stays
# breaks: UNBIND-6 UNBIND-3 EFFECT-4
# needs: several ranges online at the unbind, and a look at iomem
# shown by: only-online-ranges-leak
/^static int dax_kmem_remove_ranges/,/^}/ s/^\t\t\trc = -EBUSY;/&\
			if (i) {\
				remove_resource(data->res[i]);\
				kfree(data->res[i]);\
				data->res[i] = NULL;\
			}/
