# fault: a read in the state offline gives "unknown"
# breaks: ATTR-4 POLICY-2
# needs: a bind under policy offline, and a read
# shown by: present-while-offline
/^static ssize_t state_show/,/^}/ s/^\telse$/\telse if (data->state == MMOP_OFFLINE)\n\t\tstate_str = NULL;\n&/
