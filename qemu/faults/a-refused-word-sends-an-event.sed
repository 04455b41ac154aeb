# fault: a word that is refused with EBUSY sends a uevent change of the dax device
# breaks: EFFECT-7 REFUSE-3 EFFECT-10
# needs: the uevents of the dax device while a word is refused
# shown by: read-ignores-refused-writes
/^static ssize_t state_store/,/^}/ s/^\t\treturn -EBUSY;/\t\treturn kobject_uevent(\&dev->kobj, KOBJ_CHANGE) ?: -EBUSY;/
