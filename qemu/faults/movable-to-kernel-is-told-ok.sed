# fault: online_kernel in the state online_movable is told as accepted, and does nothing
# breaks: REFUSE-1
# needs: online_kernel written while online_movable
# shown by: online-movable-to-other-types
/^static ssize_t state_store/,/^}/ s/^\tif (data->state != DAX_KMEM_UNPLUGGED)/\tif (data->state == MMOP_ONLINE_MOVABLE \&\& online_type == MMOP_ONLINE_KERNEL)\n\t\treturn len;\n\n&/
