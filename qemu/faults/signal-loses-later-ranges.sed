# fault: an online word or a bind that gets a signal on its way adds no further range, and is told as accepted
# breaks: EFFECT-1
# needs: several ranges, and a signal to the writer of an online word
# shown by: plug-interrupted-at-any-time
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tmhp_flags = /		if (added \&\& signal_pending(current)) {\
			remove_resource(data->res[i]);\
			kfree(data->res[i]);\
			data->res[i] = NULL;\
			continue;\
		}\n&/
