# fault: the attribute has mode 0600, so that only root may read it
# breaks: ATTR-3
# needs: a read without privileges
# shown by: unprivileged-access
s/^static DEVICE_ATTR_RW(state);/static struct device_attribute dev_attr_state = {\n\t.attr = { .name = "state", .mode = 0600 },\n\t.show = state_show,\n\t.store = state_store,\n};/
