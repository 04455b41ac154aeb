# fault: a failed unplug says that its rollback failed, though every block is online again
# breaks: ROBUST-1
# needs: a failed unplug, and a look at every log line of level error
# shown by: interrupted-rolls-back clean-through-a-whole-round
/^static int dax_kmem_do_hotremove/,/^}/ s/^\tif (rc) {/&\n\t\tpr_err("Failed to re-online memory: %d\\n", rc);/
