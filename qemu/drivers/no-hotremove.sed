# driver: kmem of 7.3 in a kernel without CONFIG_MEMORY_HOTREMOVE
# What: the #else branches of kmem.c 7.3 stand alone: every unplug is EBUSY, without a log line, and
# an unbind removes nothing and says nothing; the reservations stay, so that a rebind is EBUSY.
# Why: ATOMIC-7 (kmem.c 7.3, dax_kmem_do_hotremove behind #else: -EBUSY). The rest of the kernel is
# as built: memoryN/state still takes offline, which a kernel configured so would refuse.
# May follow v4.sed (kmem-build --edit v4.sed --edit no-hotremove.sed).
s/^#include "bus.h"/&\n\n#undef CONFIG_MEMORY_HOTREMOVE/
