# fault: an online word that could add no range is told as accepted; the state stays unplugged
# breaks: EFFECT-1 ATTR-7 EFFECT-9
# needs: an add that fails for every range
# shown by: the-only-range-cannot-be-added
/^static ssize_t state_store/,/^}/ {
  /rc = dax_kmem_do_hotplug(/,/^\t}/ s/return rc;/return len;/
}
