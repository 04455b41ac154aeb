# fault: every word that changes the state sends a uevent change of the dax device
# breaks: EFFECT-7 EFFECT-10
# needs: the uevents of the dax device while a word is written
# shown by: interrupted-rolls-back the-device-tells-of-its-driver
/^static ssize_t state_store/,/^}/ s/^\(\t*\)data->state = .*/&\n\1kobject_uevent(\&dev->kobj, KOBJ_CHANGE);/
