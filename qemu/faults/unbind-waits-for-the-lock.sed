# fault: an unbind takes the lock of the writers and lets go of it at once
# breaks: CONC-4
# needs: a writer that is at work while the driver is removed
# unseen: the driver core takes the attribute away, and waits for its writers, before it calls the driver; so nobody can hold the lock then
/^static void dev_dax_kmem_remove/,/^}/ s/^\tif (dax_kmem_remove_ranges(/\tmutex_lock(\&data->lock);\n\tmutex_unlock(\&data->lock);\n&/
