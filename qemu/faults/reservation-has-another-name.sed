# fault: the reservation of a range has the name of the driver in /proc/iomem instead of the device
# breaks: EFFECT-4
# needs: a look at iomem while memory is there
# shown by: iomem-follows-the-state
/^static int dev_dax_kmem_probe/,/^}/ s/kstrdup(dev_name(dev), GFP_KERNEL)/kstrdup("kmem", GFP_KERNEL)/
