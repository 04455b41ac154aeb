# fault: an online word that could add no range is refused, and is what a read gives from then on
# breaks: REFUSE-3 ATTR-7 EFFECT-9
# needs: an add that fails for every range
# shown by: the-only-range-cannot-be-added
/^static ssize_t state_store/,/^}/ {
  /rc = dax_kmem_do_hotplug(/,/^\t}/ s/^\t\treturn rc;/\t\tdata->state = online_type;\n&/
}
