# fault: an unbind in an online state leaks every range, also those whose blocks were all offlined by hand
# breaks: UNBIND-5 UNBIND-6
# needs: all blocks of a range offline by hand while the state is an online one, then unbound
# shown by: stale-online-is-removed
# corpus: 14
/^static int dax_kmem_remove_ranges/,/^}/ s/if (remove_memory(/if (dax_kmem_state_is_online(data->state) || remove_memory(/
