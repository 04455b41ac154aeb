# fault: the node of the device is in the memory tier of main memory
# breaks: EFFECT-6
# needs: the memory tiers after a bind
# shown by: to-be-written
/^static int dev_dax_kmem_probe/,/^}/ s/^\tmt_calc_adistance(.*/&\n\tadist = MEMTIER_ADISTANCE_DRAM;/
