# fault: blanks before unplugged are skipped
# breaks: WORD-2
# needs: unplugged written with a blank before it
# shown by: blanks-around-unplugged
/^static int dax_kmem_parse_state/,/^}/ s/if (sysfs_streq(buf, "unplugged"))/if (sysfs_streq(skip_spaces(buf), "unplugged"))/
s/^#include <linux\/string_helpers.h>/&\n#include <linux\/string.h>/
