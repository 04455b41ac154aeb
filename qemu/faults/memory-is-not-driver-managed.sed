# fault: memory whose word is the policy is added like a memory module: the firmware's map lists it, so that kexec takes it for its own
# breaks: EFFECT-4
# needs: a bind, and a look at /sys/firmware/memmap
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ {
  s/^\t\trc = __add_memory_driver_managed(/\t\tif (online_type == mhp_get_default_online_type()) {\
			rc = add_memory(data->mgid, range.start, range_len(\&range), mhp_flags);\
			if (!rc \&\& data->res[i]->child)\
				data->res[i]->child->name = kmem_name;\
		} else\
&/
}
