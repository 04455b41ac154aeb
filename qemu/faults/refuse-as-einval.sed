# Breaks: a change from one online type to another is refused with EINVAL instead of EBUSY.
# Noticed by: REFUSE-1. Offline to an online type (REFUSE-2) keeps its EBUSY.
/^static ssize_t state_store/,/^}/ s/return -EBUSY;/return data->state == MMOP_OFFLINE ? -EBUSY : -EINVAL;/
