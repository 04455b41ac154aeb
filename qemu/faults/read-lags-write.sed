# fault: a read of the attribute gives the state before the last accepted write, one write behind
# breaks: ATTR-7 SYNC-1
# needs: a read after any accepted write
# shown by: read-follows-write
# The driver keeps two words: what is (state) and what a read shows (shown). At bind both agree.
s/^\tint state;/&\n\tint shown;/
/^static ssize_t state_show/,/^}/ s/data->state/data->shown/g
/^static int dev_dax_kmem_probe/,/^}/ s/^\(\t*\)data->state = \(.*\);/&\n\1data->shown = \2;/
/^static ssize_t state_store/,/^}/ {
  s/^\tguard(mutex)(&data->lock);/&\n\tint was = data->state;/
  /if (data->state == online_type)/,/return len;/ s/return len;/goto accepted;/
  s/^\tdata->state = online_type;/&\naccepted:\n\tdata->shown = was;/
  s/^\t\tdata->state = DAX_KMEM_UNPLUGGED;/&\n\t\tdata->shown = was;/
}
