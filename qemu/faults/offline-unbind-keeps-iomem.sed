# fault: an unbind in the state offline removes the memory and keeps the reservations
# breaks: UNBIND-2
# needs: a bind under policy offline, an unbind, and a look at iomem
# shown by: from-offline
# The name that /proc/iomem still shows is not freed.
/^static int dax_kmem_remove_ranges/,/^}/ s/^\t\tremove_resource(data->res\[i\]);/\t\tif (data->state == MMOP_OFFLINE)\n\t\t\tcontinue;\n&/
/^static void dev_dax_kmem_remove/,/^}/ s/^\tkfree(data->res_name);//
