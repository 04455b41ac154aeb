# fault: an online word adds the blocks offline while the policy is offline
# breaks: EFFECT-1 POLICY-6
# needs: policy offline set after the bind, then an online word
# shown by: word-beats-the-offline-policy
/^static ssize_t state_store/,/^}/ s/^\trc = dax_kmem_do_hotplug(dev_dax, data, online_type);/\trc = dax_kmem_do_hotplug(dev_dax, data,\n\t\t\tmhp_get_default_online_type() == MMOP_OFFLINE ? MMOP_OFFLINE : online_type);/
