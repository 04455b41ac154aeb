# fault: from the thirtieth on every unplug since the bind is EBUSY
# breaks: EFFECT-5 TRANS-4
# needs: thirty unplugs after one bind
# shown by: to-be-written
s/^\tint state;/&\n\tint rounds;/
/^static int dax_kmem_do_hotremove/,/^}/ s/^\trc = offline_and_remove_memory_ranges(.*/\tif (++data->rounds >= 30)\n\t\trc = -EBUSY;\n\telse\n\t&/
