# fault: the line of a failed unplug names the driver and no device
# breaks: ATOMIC-6 ROBUST-1
# needs: a failed unplug, and the beginning of its log line
# shown by: failure-is-logged
/^static int dax_kmem_do_hotremove/,/^}/ {
  s/^\tstruct device \*dev = /\tstruct device *dev __maybe_unused = /
  s/dev_err(dev, "/pr_err("kmem: /
}
