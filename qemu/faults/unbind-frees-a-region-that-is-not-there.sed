# fault: an unbind frees a region of iomem that nobody reserved; the kernel says so
# breaks: ROBUST-1
# needs: an unbind that leaks nothing, and a look at every log line of level warning
# shown by: clean-through-a-whole-round from-unplugged
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\trelease_mem_region(dev_dax->ranges[0].range.start, PAGE_SIZE);\n&/
