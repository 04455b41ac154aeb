# fault: every device of the driver reads the word that was written last, to whichever
# breaks: ROBUST-5
# needs: a second device, and a write to the first
# shown by: the-neighbour-is-left-alone
s/^static bool any_hotremove_failed;/&\nstatic int dax_kmem_written = DAX_KMEM_UNPLUGGED - 1;/
/^static ssize_t state_show/,/^}/ {
  s/^\tconst char \*state_str;/&\n\tint word = dax_kmem_written < DAX_KMEM_UNPLUGGED ? data->state : dax_kmem_written;/
  s/(data->state/(word/
}
/^static ssize_t state_store/,/^}/ s/^\(\t*\)data->state = \(.*\);/&\n\1dax_kmem_written = \2;/
