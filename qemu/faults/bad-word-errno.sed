# Breaks: a word outside the vocabulary is answered with ENOENT instead of EINVAL.
# Noticed by: WORD-2; WORD-4 and WORD-5 where they use such a word. `offline` keeps its EINVAL.
/^static int dax_kmem_parse_state/,/^}/ s/return online_type;/return online_type < 0 ? -ENOENT : online_type;/
