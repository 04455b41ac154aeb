# fault: unplug goes range by range without rollback; a failure leaves the ranges before it gone
# breaks: ATOMIC-1 ATOMIC-2 ATOMIC-3
# needs: several ranges, and something in the way in a later one
# shown by: pin-in-the-last-range
# corpus: 4
# A range that went is dropped from the list of reservations, so that a retry starts after it.
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\trc = offline_and_remove_memory_ranges(.*);/\trc = 0;\
	for (i = 0; !rc \&\& i < dev_dax->nr_range; i++) {\
		struct range one;\
\
		if (!data->res[i] || dax_kmem_range(dev_dax, i, \&one))\
			continue;\
		rc = offline_and_remove_memory(one.start, range_len(\&one));\
		if (rc)\
			break;\
		remove_resource(data->res[i]);\
		kfree(data->res[i]);\
		data->res[i] = NULL;\
	}/
}
