# fault: a word outside the vocabulary is answered with ENOENT instead of EINVAL
# breaks: WORD-2 WORD-4 WORD-5
# needs: any word that is none; `offline` keeps its EINVAL
# shown by: bad-word-while-online
/^static int dax_kmem_parse_state/,/^}/ s/return online_type;/return online_type < 0 ? -ENOENT : online_type;/
