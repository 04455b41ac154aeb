# fault: the policy of the first bind counts for every later one, until the module is loaded anew
# breaks: POLICY-7 POLICY-2
# needs: unbound, the policy changed, and bound again
# shown by: counts-at-bind
# corpus: 6
/^static int dev_dax_kmem_probe/,/^}/ s/int online_type = mhp_get_default_online_type();/static int kept = -1;\n\tint online_type = kept = kept < 0 ? mhp_get_default_online_type() : kept;/
