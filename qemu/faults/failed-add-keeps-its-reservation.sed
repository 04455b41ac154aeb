# fault: where no range can be added, the reservations stay in iomem, though the word is refused
# breaks: EFFECT-3 REFUSE-3 EFFECT-9
# needs: an add that fails after the reservation worked, for the first range
# shown by: the-only-range-cannot-be-added
# corpus: 13
# Unbind has to know, since it must not remove memory that is not there.
/^static int dax_kmem_do_hotplug/,/^}/ s/if (data->res\[i\]) {/if (added \&\& data->res[i]) {/
/^static ssize_t state_store/,/^}/ s/^\t\tdax_kmem_cleanup_resources(.*//
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (data->state != DAX_KMEM_UNPLUGGED \&\&\n\t\t    remove_memory(/
