# fault: a later range that cannot be added stays reserved in iomem, without memory
# breaks: EFFECT-4 EFFECT-3 EFFECT-9 ROBUST-1
# needs: several ranges, and an add that fails for a later one
# shown by: a-later-range-cannot-be-added
/^static int dax_kmem_do_hotplug/,/^}/ s/if (data->res\[i\]) {/if (!added) {/
