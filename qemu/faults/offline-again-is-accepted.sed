# fault: the word offline is accepted where the state is offline already, and does nothing
# breaks: WORD-3
# needs: offline written while the state is offline
# shown by: offline-while-offline
/^static int dax_kmem_parse_state/,/^}/ s/if (online_type == MMOP_OFFLINE)/if (0)/
/^static ssize_t state_store/,/^}/ s/^\tif (online_type == DAX_KMEM_UNPLUGGED) {/\tif (online_type == MMOP_OFFLINE)\n\t\treturn -EINVAL;\n\n&/
