# driver: kmem as in the patch series v3 (March 2026)
# Turns kmem.c of 7.3 into a driver that does what the posted code of v3 did. Of that series only the
# cover letter is at hand (in quotes); what it leaves open is as the v4 patch has it, which changed
# this code and so shows some of it, and as reviewers described it (the faults named below).

# "The last three patches ... Add the "hotplug" sysfs attribute supporting three states": a single
# file as in v4, declared before probe, made at its end and removed at the start of remove.
/^static DEVICE_ATTR_RW(state);/d
/^static struct attribute \*dev_dax_kmem_attrs/,/^ATTRIBUTE_GROUPS/d
/^\t\.drv = {/,/^\t},/d
s/^static ssize_t state_\(show\|store\)(/static ssize_t hotplug_\1(/
/^static ssize_t hotplug_\(show\|store\)/,/^}/ s/data = dev_get_drvdata(dev);/&\n\n\tif (!dev_get_drvdata(dev))\n\t\treturn -ENXIO;\n/

# The words written are "unplug", "online" and "online_movable", no other; reads say unplugged.
/^static int dax_kmem_parse_state/,/^}/ {
  s/"unplugged"))/"unplug"))/
  s/if (online_type == MMOP_OFFLINE)/if (online_type == MMOP_OFFLINE || online_type == MMOP_ONLINE_KERNEL)/
}

# "dax: plumb hotplug online_type through dax": the policy is that of the device's creation. Only
# kmem.c is ours, but the bus tells of each new device, and in our guests kmem is loaded before any is
# made. The policy is kept with the device, as value + 1, where it outlives unbind and a reload of the
# module, and ends with the device. For a device that is older than the first load of kmem, the
# policy of its first bind stands in.
/^static int dev_dax_kmem_probe/i\
static DEVICE_ATTR_RW(hotplug);\
\
static int dax_kmem_frozen_policy(struct device *dev)\
{\
	if (!dev->platform_data)\
		dev->platform_data = (void *)(mhp_get_default_online_type() + 1L);\
	return (long)dev->platform_data - 1;\
}\
\
static int dax_kmem_device_made(struct notifier_block *nb, unsigned long action, void *dev)\
{\
	if (action == BUS_NOTIFY_ADD_DEVICE)\
		dax_kmem_frozen_policy(dev);\
	return NOTIFY_DONE;\
}\
\
static struct notifier_block dax_kmem_devices = { .notifier_call = dax_kmem_device_made };\

/^static int dev_dax_kmem_probe/,/^}/ {
  s/= mhp_get_default_online_type();/= dax_kmem_frozen_policy(\&dev_dax->dev);/
  s/^\tdata->state = online_type;/&\n\n\tif (device_create_file(dev, \&dev_attr_hotplug))\n\t\tdev_warn(dev, "failed to create hotplug sysfs entry\\n");/
}
/^static int __init dax_kmem_init/,/^}/ s/^\t\tgoto error_dax_driver;/&\n\n\tbus_register_notifier(device_dax_kmem_driver.drv.bus, \&dax_kmem_devices);/
/^static void __exit dax_kmem_exit/,/^}/ s/^\tdax_driver_unregister(/\tbus_unregister_notifier(device_dax_kmem_driver.drv.bus, \&dax_kmem_devices);\n&/

/^static int dax_kmem_do_hotplug/,/^}/ {
  # Only the two online types of the cover letter: a bind under offline or online_kernel is EINVAL.
  s/if (online_type < MMOP_OFFLINE .*)/if (online_type != MMOP_ONLINE \&\& online_type != MMOP_ONLINE_MOVABLE)/
  # A range without a reservation is added all the same, and never removed (fault 7).
  s/^\t\tif (!data->res\[i\])$/\t\tif (0)/
}

# Onlining again reserves nothing (fault 3), so that the next unplug passes over what was added.
/^static ssize_t hotplug_store/,/^}/ {
  /rc = dax_kmem_init_resources(/,/return rc;/d
  /dax_kmem_cleanup_resources(/d
}

# Unplug goes range by range, without rollback (fault 4), and gives the number of ranges that stay;
# the writer is told of success whatever it was (fault 18), and the state changes when none stay.
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\trc = offline_and_remove_memory_ranges(.*);/\tkfree(ranges);\
	nr_ranges = 0;\
	for (i = 0; i < dev_dax->nr_range; i++) {\
		struct range one;\
\
		if (!data->res[i] || dax_kmem_range(dev_dax, i, \&one))\
			continue;\
		rc = offline_and_remove_memory(one.start, range_len(\&one));\
		if (rc) {\
			any_hotremove_failed = true;\
			dev_err(dev, "mapping%d: %#llx-%#llx hotremove failed\\n",\
				i, one.start, one.end);\
			nr_ranges++;\
			continue;\
		}\
		remove_resource(data->res[i]);\
		kfree(data->res[i]);\
		data->res[i] = NULL;\
	}\
	return nr_ranges;\
}/
  t
  /^\tkfree(ranges);/,/^}/d
}
/^static ssize_t hotplug_store/,/^}/ {
  /rc = dax_kmem_do_hotremove(/,/return rc;/ s/return rc;/return len;/
}

# Unbind removes nothing: "I downgraded a BUG() to a WARN() when unbind is called while the dax
# device is not un an UNPLUGGED state". dax_kmem_cleanup_resources() does that and keeps the
# reservations; what follows frees res_name all the same, though /proc/iomem names it (fault 2).
/^static int dax_kmem_remove_ranges/,/^}/d
/^static void dev_dax_kmem_remove/,/^}/ {
  /^\tif (dax_kmem_remove_ranges(/,/^\t}/c\
	device_remove_file(dev, &dev_attr_hotplug);\
	dax_kmem_cleanup_resources(dev_dax, data);
  s/^\tany_hotremove_failed = true;/\tdevice_remove_file(\&dev_dax->dev, \&dev_attr_hotplug);\n&/
}
