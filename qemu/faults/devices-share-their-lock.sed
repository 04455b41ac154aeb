# fault: a word for one device waits for the write that holds up another device, also the word that it has
# breaks: ROBUST-5
# needs: a second device, a held unplug of the first, and the present word written to the second
# shown by: to-be-written
/^static bool any_hotremove_failed;/a\
static DEFINE_MUTEX(dax_kmem_lock);
/^static ssize_t state_store/,/^}/ s/&data->lock/\&dax_kmem_lock/
