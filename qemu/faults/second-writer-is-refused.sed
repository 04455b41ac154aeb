# fault: a writer that comes while another works is EBUSY at once, also with a word that it could have after the other
# breaks: CONC-1 TRANS-7
# needs: two writers at the same time whose words could follow each other, as the same word twice
# shown by: the-same-word-twice
/^static ssize_t state_store/,/^}/ s/^\tguard(mutex)(&data->lock);/\tif (mutex_is_locked(\&data->lock))\n\t\treturn -EBUSY;\n\n&/
