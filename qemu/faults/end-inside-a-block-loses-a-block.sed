# fault: a range that ends inside a memory block loses the whole block before it too
# breaks: EFFECT-8 EFFECT-1
# needs: a range with a whole block that does not end on a block border
# shown by: excess-is-cut
/^static int dax_kmem_range/,/^}/ s/^\t\*r = .*/&\
	if (r->start < r->end \&\& r->end != range->end)\
		r->end -= memory_block_size_bytes();/
