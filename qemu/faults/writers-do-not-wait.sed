# fault: writers do not lock each other out
# breaks: CONC-1
# needs: two writers of online words at the same time
# shown by: two-online-words three-writers
/^static ssize_t state_store/,/^}/ s/^\tguard(mutex)(&data->lock);//
