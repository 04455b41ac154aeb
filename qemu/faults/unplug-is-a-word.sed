# fault: unplug, the word of the first versions, is taken for unplugged
# breaks: WORD-4 WORD-2
# needs: unplug written
# shown by: unplug-is-another-dialect
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (sysfs_streq(buf, "unplugged") || sysfs_streq(buf, "unplug"))/
