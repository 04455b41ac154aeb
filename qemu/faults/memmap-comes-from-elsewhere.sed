# fault: the memory map is not put on the device, though it is asked for
# breaks: ROBUST-3
# needs: memmap_on_memory, and a look at MemTotal
# shown by: memmap-on-the-device
/^static int dax_kmem_do_hotplug/,/^}/ s/mhp_flags |= MHP_MEMMAP_ON_MEMORY;/mhp_flags |= MHP_NONE;/
