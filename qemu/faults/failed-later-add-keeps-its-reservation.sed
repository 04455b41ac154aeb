# fault: a later range that cannot be added stays reserved in iomem, without memory
# breaks: EFFECT-4 EFFECT-3
# needs: several ranges, and an add that fails for a later one
# shown by: to-be-written
/^static int dax_kmem_do_hotplug/,/^}/ s/if (data->res\[i\]) {/if (!added) {/
