# fault: a range that begins where the range before it ends is left out
# breaks: EFFECT-1
# needs: a device with two ranges that touch
# shown by: to-be-written
/^static int dax_kmem_init_resources/,/^}/ s/^\t\tif (data->res\[i\])/\t\tif (i \&\& range.start == dev_dax->ranges[i - 1].range.end + 1)\
			continue;\
\
&/
