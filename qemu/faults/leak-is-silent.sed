# fault: an unbind that leaks online memory does not log it
# breaks: UNBIND-3
# needs: an unbind from an online state, and a look at the log
# shown by: online-leaks
/^static int dax_kmem_remove_ranges/,/^}/ s/dev_warn(dev, "mapping/dev_dbg(dev, "mapping/
/^static void dev_dax_kmem_remove/,/^}/ s/dev_err(dev, "Hotplug/dev_dbg(dev, "Hotplug/
