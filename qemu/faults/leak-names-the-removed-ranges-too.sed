# fault: an unbind that leaks also names the ranges behind a leaked one, which it removed
# breaks: UNBIND-6 UNBIND-3
# needs: several ranges, an earlier one online and a later one offline at the unbind, and all its log lines
# shown by: only-online-ranges-leak
/^static int dax_kmem_remove_ranges/,/^}/ s/^\t\tremove_resource(/\t\tif (rc)\
			dev_warn(dev, "mapping%d: %#llx-%#llx stuck online until reboot\\n",\
				 i, range.start, range.end);\
&/
