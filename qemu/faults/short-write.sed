# fault: an accepted write returns 1 instead of its length; the state changes as it should
# breaks: ATTR-6
# needs: any accepted write
# shown by: write-returns-its-length
# corpus: 15
/^static ssize_t state_store/,/^}/ s/return len;/return 1;/
