# fault: the dax device sends uevents offline and online of its own when it is unplugged and comes online
# breaks: EFFECT-7 EFFECT-10
# needs: the uevents of the dax device while a word is written
# shown by: the-device-tells-of-its-driver
/^static ssize_t state_store/,/^}/ {
  s/^\t\tdata->state = .*/&\n\t\tkobject_uevent(\&dev->kobj, KOBJ_OFFLINE);/
  s/^\tdata->state = .*/&\n\tkobject_uevent(\&dev->kobj, KOBJ_ONLINE);/
}
