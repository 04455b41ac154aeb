# fault: the line that names a leaked range has the addresses before they are cut to memory blocks
# breaks: UNBIND-3 UNBIND-6
# needs: a range that does not end on a block border, unbound online, and the addresses in the log line
# shown by: only-online-ranges-of-many-leak
/^static int dax_kmem_remove_ranges/,/^}/ s/ i, range\.start, range\.end/ i, dev_dax->ranges[i].range.start,\n\t\t\t\t dev_dax->ranges[i].range.end/
