# fault: an unplug that succeeds after one that failed does not release the reservations of the ranges behind the first
# breaks: ATOMIC-4 EFFECT-3 ROBUST-2
# needs: several ranges, a failed unplug, and one that succeeds after it
# shown by: failures-do-not-add-up
# corpus: 9
# Unbind has to know, since it must not remove memory that is no longer there.
s/^\tint state;/&\n\tbool failed;/
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\tif (rc) {/&\n\t\tdata->failed = true;/
  /^\t\/\* All ranges removed/,/^}/ {
    s/if (!data->res\[i\])/if (!data->res[i] || (i \&\& data->failed))/
    s/^\treturn 0;/\tdata->failed = false;\n&/
  }
}
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (data->state != DAX_KMEM_UNPLUGGED \&\&\n\t\t    remove_memory(/
