# fault: an online word after unplugged does not reserve the ranges behind the first again; the next unplug succeeds and leaves their memory
# breaks: EFFECT-4 EFFECT-3 EFFECT-5
# needs: several ranges, unplugged, online again, and a look at iomem, or unplugged once more
# shown by: cycles-of-ranges-do-not-drift
# corpus: 3
/^static ssize_t state_store/,/^}/ s/^\trc = dax_kmem_do_hotplug(/\tfor (int i = 1; i < dev_dax->nr_range; i++) {\
		if (!data->res[i])\
			continue;\
		remove_resource(data->res[i]);\
		kfree(data->res[i]);\
		data->res[i] = NULL;\
	}\
\
&/
/^static int dax_kmem_do_hotplug/,/^}/ s/^\t\tif (!data->res\[i\])$/\t\tif (!data->res[i] \&\& !i)/
