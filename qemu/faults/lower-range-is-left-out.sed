# fault: a range whose address is below that of the range before it is left out
# breaks: EFFECT-1
# needs: a device whose ranges do not come in the order of their addresses
# shown by: to-be-written
/^static int dax_kmem_init_resources/,/^}/ s/^\t\tif (data->res\[i\])/\t\tif (i \&\& range.start < dev_dax->ranges[i - 1].range.start)\
			continue;\
\
&/
