# fault: a reservation is freed, and then taken out of the tree
# breaks: ROBUST-1
# needs: an unplug or an unbind that removes memory, on a kernel that overwrites what is freed
# shown by: clean-through-a-whole-round
/^\t*remove_resource(data->res\[i\]);/ {
  N
  s/^\(.*\)\n\(\t*kfree(data->res\[i\]);\)$/\2\n\1/
}
