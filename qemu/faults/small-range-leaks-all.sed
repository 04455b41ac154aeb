# fault: with one range too small for a memory block, an unbind removes none of the ranges
# breaks: UNBIND-2 EFFECT-8
# needs: a device with a range without a whole block, unbound in the state offline
# shown by: small-range-is-no-leak
# corpus: 19
/^static int dax_kmem_remove_ranges/,/^}/ s/^\tint i, rc = 0;/&\n\n\tfor (i = 0; i < dev_dax->nr_range; i++) {\
		struct range range;\
\
		if (dax_kmem_range(dev_dax, i, \&range))\
			return -EBUSY;\
	}/
