# fault: the attribute has mode 0666, so that everyone may write it
# breaks: ATTR-3
# needs: a write without privileges
# shown by: unprivileged-access
s/^static DEVICE_ATTR_RW(state);/static struct device_attribute dev_attr_state = {\n\t.attr = { .name = "state", .mode = 0666 },\n\t.show = state_show,\n\t.store = state_store,\n};/
