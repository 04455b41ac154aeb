# fault: all devices of the driver have one state
# breaks: ROBUST-5
# needs: a second device, and a write to the first
# shown by: the-neighbour-is-left-alone
s/^static bool any_hotremove_failed;/&\nstatic int dax_kmem_state = DAX_KMEM_UNPLUGGED;/
s/data->state/dax_kmem_state/g
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdax_kmem_state = DAX_KMEM_UNPLUGGED;//
