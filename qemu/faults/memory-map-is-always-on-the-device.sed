# fault: the memory map is put on the device also where memmap_on_memory of the device is 0
# breaks: ROBUST-3
# needs: the kernel's parameter on, memmap_on_memory of the device 0, and MemTotal
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tif (dev_dax->memmap_on_memory)/\t\tif (dev_dax)/
