# fault: every read of the attribute sends a uevent change of the dax device
# breaks: ATTR-5 EFFECT-10
# needs: the uevents of the dax device while the attribute is read
# shown by: interrupted-rolls-back the-device-tells-of-its-driver
/^static ssize_t state_show/,/^}/ s/^\tif (data->state == DAX_KMEM_UNPLUGGED)/\tkobject_uevent(\&dev->kobj, KOBJ_CHANGE);\n&/
