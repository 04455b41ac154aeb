# fault: an unbind does not free the driver's record of the device
# breaks: ROBUST-2
# needs: a count of the kernel's small allocations
# unseen: some hundred bytes of the slab for each unbind; MemTotal does not count them, MemFree moves by more for other reasons, and only kmemleak, which no Debian kernel has, would name them
/^static void dev_dax_kmem_remove/,/^}/ s/^\tkfree(data);//
