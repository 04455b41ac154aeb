# fault: a range that ends inside a memory block is taken to the end of that block, beyond what the device has
# breaks: EFFECT-8 EFFECT-1 EFFECT-4 EFFECT-7
# needs: a range with a whole block that does not end on a block border
# shown by: excess-is-cut
/^static int dax_kmem_range/,/^}/ s/^\t\*r = .*/&\
	if (r->start < r->end)\
		r->end = ALIGN(range->end + 1, memory_block_size_bytes()) - 1;/
