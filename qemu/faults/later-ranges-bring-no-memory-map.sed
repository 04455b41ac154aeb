# fault: with memmap_on_memory the ranges behind the first have their memory map elsewhere
# breaks: ROBUST-3
# needs: several ranges, memmap_on_memory, and MemTotal
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tif (dev_dax->memmap_on_memory)/\t\tif (!i \&\& dev_dax->memmap_on_memory)/
