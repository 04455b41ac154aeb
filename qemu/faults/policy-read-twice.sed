# fault: a bind onlines the blocks by the policy and reads it again for the state that it reports
# breaks: CONC-5 POLICY-4 POLICY-5 POLICY-7
# needs: a change of the policy while a bind is under way
# shown by: policy-against-bind
# corpus: 17
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/\tdata->state = mhp_get_default_online_type();/
