# fault: whatever begins with unplugged is taken for it
# breaks: WORD-2
# needs: unplugged written with more letters behind it
# shown by: unplugged-prefix-and-suffix
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (!strncmp(buf, "unplugged", 9))/
