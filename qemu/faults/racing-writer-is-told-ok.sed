# fault: a writer that waited while another brought the device online is told of success, though the other wrote another word
# breaks: CONC-1
# needs: two writers of different online words at the same time, from unplugged
# shown by: two-online-words
/^static ssize_t state_store/,/^}/ s/^\tguard(mutex)(&data->lock);/\tint before = READ_ONCE(data->state);\
\
&\
\
	if (before == DAX_KMEM_UNPLUGGED \&\& online_type != DAX_KMEM_UNPLUGGED \&\&\
	    dax_kmem_state_is_online(data->state))\
		return len;/
