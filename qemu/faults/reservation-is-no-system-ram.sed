# fault: the reservation of a range has not the flags of system RAM
# breaks: EFFECT-4
# needs: the flags of a resource
# unseen: iomem shows names and addresses, no flags; those who look for system RAM want it busy, so they look at the memory inside, which has its own
/^static int dax_kmem_init_resources/,/^}/ s/res->flags = IORESOURCE_SYSTEM_RAM;/res->flags = IORESOURCE_MEM;/
