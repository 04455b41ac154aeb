# fault: the line that names a leaked range ends it behind its first memory block
# breaks: UNBIND-3
# needs: a range of several blocks, unbound online, and the addresses in the log line
# shown by: online-leaks
/^static int dax_kmem_remove_ranges/,/^}/ s/range\.start, range\.end/range.start, range.start + memory_block_size_bytes() - 1/
