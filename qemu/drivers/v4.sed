# driver: kmem as in the patch series v4 (June 2026, patch 8 of 9)
# Turns kmem.c of 7.3 into the driver of that patch; the words in quotes are the patch's.

# The attribute is `hotplug`, a single file beside the device's own: "device_create_file(dev,
# &dev_attr_hotplug)" at the end of probe, "device_remove_file" at the start of remove, instead of a
# group of the driver. So it has to be declared before probe.
/^static DEVICE_ATTR_RW(state);/d
/^static struct attribute \*dev_dax_kmem_attrs/,/^ATTRIBUTE_GROUPS/d
/^\t\.drv = {/,/^\t},/d
s/^static ssize_t state_\(show\|store\)(/static ssize_t hotplug_\1(/
/^static ssize_t hotplug_\(show\|store\)/,/^}/ s/data = dev_get_drvdata(dev);/&\n\n\tif (!dev_get_drvdata(dev))\n\t\treturn -ENXIO;\n/

# The policy is that of the device's creation: "dax_kmem_do_hotplug(dev_dax, data,
# dev_dax->online_type)", which the dax bus fills in. Only kmem.c is ours, but the bus tells of each
# new device, and in our guests kmem is loaded before any is made. The policy is kept with the device,
# as value + 1, where it outlives unbind and a reload of the module, and ends with the device. For a
# device that is older than the first load of kmem, the policy of its first bind stands in.
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

# A failed online keeps what it reserved: hotplug_store does "if (rc < 0) return rc;", no more.
/^static ssize_t hotplug_store/,/^}/ {
  /dax_kmem_cleanup_resources(/d
}

# A failed unplug counts as permanent: "any_hotremove_failed = true" (fault 9 of the reviews).
/^static int dax_kmem_do_hotremove/,/^}/ s/^\tif (rc) {/&\n\t\tany_hotremove_failed = true;/

# Unbind goes by the state: "if (data->state == MMOP_OFFLINE && dax_kmem_do_hotremove(dev_dax,
# data)) return;", then dax_kmem_cleanup_resources(), which WARNs and keeps the reservations when
# the state is an online one. What follows frees res_name all the same, though /proc/iomem names it
# from then on (fault 2): the patch has it so.
/^static int dax_kmem_remove_ranges/,/^}/d
/^static void dev_dax_kmem_remove/,/^}/ {
  s/^\tif (dax_kmem_remove_ranges(.*/\tdevice_remove_file(dev, \&dev_attr_hotplug);\n\tif (data->state == MMOP_OFFLINE \&\& dax_kmem_do_hotremove(dev_dax, data)) {/
  /^\t\tdev_err(/d
  /^\t\tany_hotremove_failed = true;/d
  s/^\tmemory_group_unregister(/\tdax_kmem_cleanup_resources(dev_dax, data);\n&/
  s/^\tany_hotremove_failed = true;/\tdevice_remove_file(\&dev_dax->dev, \&dev_attr_hotplug);\n&/
}
