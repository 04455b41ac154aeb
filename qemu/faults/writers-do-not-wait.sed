# fault: writers do not lock each other out
# breaks: CONC-1
# needs: two writers of online words at the same time
# shown by: every-pair-of-online-words two-writers-of-a-plugged-device two-writers-of-an-offline-device
/^static ssize_t state_store/,/^}/ s/^\tguard(mutex)(&data->lock);//
