# fault: a read gives the word without a newline behind it
# breaks: ATTR-4
# needs: a read that looks at every byte
# shown by: one-word-in-every-state
/^static ssize_t state_show/,/^}/ s/"%s\\n"/"%s"/
