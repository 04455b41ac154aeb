# fault: the word offline is taken from unplugged, and adds the blocks offline
# breaks: WORD-3 WORD-5
# needs: offline written
# shown by: offline-while-unplugged
/^static int dax_kmem_parse_state/,/^}/ s/if (online_type == MMOP_OFFLINE)/if (0)/
