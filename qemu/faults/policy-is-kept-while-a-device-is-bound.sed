# fault: the policy of the first bind counts for every device until all are unbound
# breaks: POLICY-7 ROBUST-5 POLICY-3
# needs: a second device that stays bound, a policy changed, and the first bound anew
# shown by: bind-under-online
/^static bool any_hotremove_failed;/a\
static int dax_kmem_bound, dax_kmem_policy;
/^static int dev_dax_kmem_probe/,/^}/ {
  s/^\trc = dax_kmem_init_resources(/\tif (dax_kmem_bound)\n\t\tonline_type = dax_kmem_policy;\n&/
  s/^\tdata->state = online_type;/&\n\tdax_kmem_bound++;\n\tdax_kmem_policy = online_type;/
}
/^static void dev_dax_kmem_remove/,/^}/ s/^\tmemory_group_unregister(/\tdax_kmem_bound--;\n&/
