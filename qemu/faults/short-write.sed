# Breaks: an accepted write returns 1 instead of its length; the state changes as it should.
# Noticed by: ATTR-6.
/^static ssize_t state_store/,/^}/ s/return len;/return 1;/
