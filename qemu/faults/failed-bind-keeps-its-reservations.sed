# fault: a bind that could not add the first range leaves the others reserved in iomem
# breaks: ROBUST-2 EFFECT-3 EFFECT-9
# needs: several ranges, and a bind in which adding the first fails
# shown by: a-bind-under-offline-that-cannot-add
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdax_kmem_cleanup_resources(.*//
