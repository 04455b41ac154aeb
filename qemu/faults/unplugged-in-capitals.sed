# fault: unplugged is taken in capitals, too
# breaks: WORD-2
# needs: UNPLUGGED written while memory is there
# shown by: case-matters
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (sysfs_streq(buf, "unplugged") || !strncasecmp(buf, "unplugged\\n", strlen(buf)))/
