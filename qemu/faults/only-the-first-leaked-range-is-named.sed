# fault: of several leaked ranges an unbind names the first only
# breaks: UNBIND-3 UNBIND-6
# needs: several ranges, unbound online, and a count of the log lines
# shown by: two-leaks-are-both-told
/^static int dax_kmem_remove_ranges/,/^}/ s/^\t\t\tdev_warn(/\t\t\tif (!rc)\n\t&/
