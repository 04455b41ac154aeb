# fault: the attribute is called hotplug, as before the merge
# breaks: ATTR-2 ATTR-1
# needs: a look for the attribute
# shown by: present-while-bound
s/^static DEVICE_ATTR_RW(state);/static struct device_attribute dev_attr_state = {\n\t.attr = { .name = "hotplug", .mode = 0644 },\n\t.show = state_show,\n\t.store = state_store,\n};/
