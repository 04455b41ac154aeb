# fault: an unbind takes the offline blocks out of a range of which another block is online
# breaks: UNBIND-3 UNBIND-6
# needs: a range with one block offline and another online, unbound
# shown by: partly-online-range-stays-whole
/^static int dax_kmem_remove_ranges/,/^}/ s/^\t\tif (remove_memory(range.start, range_len(&range))) {/\t\tu64 at, bad = 0;\
\
		for (at = range.start; at < range.end; at += memory_block_size_bytes()) {\
			if (remove_memory(at, memory_block_size_bytes()))\
				bad++;\
		}\
		if (bad) {/
