# fault: a word outside the vocabulary waits for the write that is under way, as a good one does
# breaks: WORD-5
# needs: a held unplug, and a bad word written behind it
# shown by: a-bad-word-does-not-wait
/^static ssize_t state_store/,/^}/ {
  s/^\tguard(mutex)(.*//
  s/^\tonline_type = dax_kmem_parse_state(.*/\tguard(mutex)(\&data->lock);\n&/
}
