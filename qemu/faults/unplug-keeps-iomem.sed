# fault: after unplugged the reservation daxX.Y stays in /proc/iomem, while the memory is gone
# breaks: EFFECT-3
# needs: any unplug
# shown by: unplugged-leaves-nothing
# Unbind has to know, since it must not remove memory that is no longer there.
/^static int dax_kmem_do_hotremove/,/^}/ {
  /remove_resource(/d
  /kfree(data->res\[i\]);/d
  /data->res\[i\] = NULL;/d
}
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (data->state != DAX_KMEM_UNPLUGGED \&\&\n\t\t    remove_memory(/
