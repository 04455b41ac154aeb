# fault: of a range of more than two memory blocks the first two are used only
# breaks: EFFECT-1 EFFECT-8
# needs: a range of three blocks or more
# shown by: many-blocks-there-and-back
/^static int dax_kmem_range/,/^}/ s/^\t\*r = .*/&\
	if (r->start < r->end)\
		r->end = min(r->end, r->start + 2 * memory_block_size_bytes() - 1);/
