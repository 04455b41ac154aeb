# fault: a bind goes on where the name for its reservations could not be allocated, and iomem shows it
# breaks: EFFECT-4
# needs: an allocation of the bind that fails
# unseen: no Debian kernel can let an allocation fail; on one that can, --kernel-config coverage, the suite failures names it
/^static int dev_dax_kmem_probe/,/^}/ s/^\tif (!data->res_name)/\tif (!data)/
