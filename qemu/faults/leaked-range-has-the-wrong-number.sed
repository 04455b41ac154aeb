# fault: the line that names a leaked range counts the mappings from 1
# breaks: UNBIND-3
# needs: an unbind in an online state, and the number behind mapping in its log line
# shown by: online-leaks
/^static int dax_kmem_remove_ranges/,/^}/ s/ i, range\.start/ i + 1, range.start/
