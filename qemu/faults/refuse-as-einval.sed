# fault: a change from one online type to another is refused with EINVAL instead of EBUSY
# breaks: REFUSE-1
# needs: a second online word; offline to an online type (REFUSE-2) keeps its EBUSY
# shown by: online-movable-to-other-types
/^static ssize_t state_store/,/^}/ s/return -EBUSY;/return data->state == MMOP_OFFLINE ? -EBUSY : -EINVAL;/
