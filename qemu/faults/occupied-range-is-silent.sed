# fault: a bind that passes over an occupied range does not say so
# breaks: UNBIND-6 UNBIND-3
# needs: several ranges, a later one leaked by an earlier unbind, bound again, and a look at the log
# shown by: the-last-range-is-occupied
/^static int dax_kmem_init_resources/,/^}/ s/dev_warn(/dev_dbg(/
