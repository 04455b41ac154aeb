# fault: an unbind that leaks one range and removes a later one takes itself for clean: no last line, the names are freed
# breaks: UNBIND-6 UNBIND-3
# needs: several ranges, an earlier one online and a later one offline at the unbind
# shown by: only-online-ranges-leak
/^static int dax_kmem_remove_ranges/,/^}/ s/^\t\tdata->res\[i\] = NULL;/&\n\t\trc = 0;/
