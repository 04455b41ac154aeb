# fault: each range that is added is logged as one that could not be
# breaks: ROBUST-1
# needs: a bind or an online word, and a look at every log line of level warning
# shown by: interrupted-rolls-back clean-through-a-whole-round
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tadded++;/\t\tdev_warn(dev, "mapping%d: %#llx-%#llx memory add failed\\n",\n\t\t\t i, range.start, range.end);\n&/
