# fault: a beginning of unplugged, as unplu, is taken for it
# breaks: WORD-2
# needs: the first letters of unplugged written
# shown by: unplugged-prefix-and-suffix
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (*buf == 'u' \&\& !strncmp("unplugged", buf, strcspn(buf, "\\n")))/
