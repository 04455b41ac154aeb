# fault: unplugged is a word only with the newline behind it
# breaks: WORD-1
# needs: unplugged written without a newline
# shown by: newline-is-optional
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (!strcmp(buf, "unplugged\\n"))/
