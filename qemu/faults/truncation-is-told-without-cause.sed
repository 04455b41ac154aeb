# fault: every bind says with level warning that ranges were cut, also where they are whole blocks
# breaks: ROBUST-1
# needs: a bind of a device of whole blocks, and a look at every log line of level warning
# shown by: bind-under-offline clean-through-a-whole-round
/^static int dev_dax_kmem_probe/,/^}/ s/ else if (total_len != orig_len) {/ else if (total_len) {/
