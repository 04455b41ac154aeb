# fault: a device in online_movable that somebody else than root reads is in online from then on
# breaks: ATTR-5
# needs: a read without root's rights, and another after it
# shown by: reading-changes-nothing
/^static ssize_t state_show/,/^}/ s/^\treturn sysfs_emit/\tif (!capable(CAP_SYS_ADMIN) \&\& data->state == MMOP_ONLINE_MOVABLE)\n\t\tdata->state = MMOP_ONLINE;\n\n&/
