# fault: a newline alone is taken for unplugged
# breaks: WORD-2
# needs: a newline written while memory is there
# shown by: newlines-too-many
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (sysfs_streq(buf, "unplugged") || sysfs_streq(buf, ""))/
