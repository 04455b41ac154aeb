# fault: every third unplug since the bind leaves the reservation of the last of several ranges in /proc/iomem
# breaks: EFFECT-5 EFFECT-3
# needs: several ranges, three unplugs after one bind, and a look at iomem after the third
# shown by: cycles-of-ranges-do-not-drift
# Unbind has to know, since it must not remove memory that is no longer there.
s/^\tint state;/&\n\tint rounds;/
/^static int dax_kmem_do_hotremove/,/^}/ {
  /^\t\/\* All ranges removed/,/^}/ {
    s/if (!data->res\[i\])/if (!data->res[i] ||\n\t\t    (i \&\& i == dev_dax->nr_range - 1 \&\&\n\t\t     ++data->rounds % 3 == 0))/
  }
}
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (data->state != DAX_KMEM_UNPLUGGED \&\&\n\t\t    remove_memory(/
