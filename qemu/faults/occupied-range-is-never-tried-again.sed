# fault: a range that was occupied at bind is left out by every online word, also when it is free again
# breaks: EFFECT-1 ROBUST-1 UNBIND-3
# needs: several ranges, a later one occupied at bind and free later
# shown by: plug-interrupted-at-any-time
s/^\tint state;/&\n\tbool bound;/
/^static int dev_dax_kmem_probe/,/^}/ s/^\tdata->state = online_type;/&\n\tdata->bound = true;/
s/^\tint state;/&\n\tunsigned long occupied;/
/^static int dax_kmem_init_resources/,/^}/ {
  s/^\t\tif (data->res\[i\])/\t\tif (data->res[i] || (data->bound \&\& data->occupied \& BIT(i)))/
  s/^\t\t\tif (mapped)/\t\t\tdata->occupied |= BIT(i);\n&/
}
