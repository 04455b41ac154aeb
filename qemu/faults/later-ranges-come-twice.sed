# fault: the ranges behind the first are added, removed and added again by an online word
# breaks: EFFECT-7
# needs: several ranges, and a look at the uevents of an online word
# shown by: uevents-follow-every-block
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tadded++;/\t\tif (i \&\& !offline_and_remove_memory(range.start, range_len(\&range)))\
			__add_memory_driver_managed(data->mgid, range.start, range_len(\&range),\
						    kmem_name, mhp_flags, online_type);\
&/
