# fault: a bind frees a region of iomem that nobody reserved; the kernel says so
# breaks: ROBUST-1
# needs: a bind, and a look at every log line of level warning
# shown by: bind-under-offline clean-through-a-whole-round
/^static int dev_dax_kmem_probe/,/^}/ s/^\trc = dax_kmem_init_resources(/\trelease_mem_region(dev_dax->ranges[0].range.start, PAGE_SIZE);\n&/
