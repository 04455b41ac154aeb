# fault: a bind sends the uevent bind of the dax device twice, the first before the attribute is there
# breaks: EFFECT-7 ATTR-1 EFFECT-10
# needs: the uevents of the dax device while it is bound
# shown by: absent-under-device-dax
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tkobject_uevent(\&dev->kobj, KOBJ_BIND);/
