# fault: where the first range cannot be added, the reservations of the others stay in iomem, though the word is refused
# breaks: EFFECT-3 REFUSE-3 EFFECT-9
# needs: several ranges, and an add that fails for the first
# shown by: the-first-range-cannot-be-added
# corpus: 13
# Unbind has to know, since it must not remove memory that is not there.
/^static ssize_t state_store/,/^}/ s/^\t\tdax_kmem_cleanup_resources(.*//
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (data->state != DAX_KMEM_UNPLUGGED \&\&\n\t\t    remove_memory(/
