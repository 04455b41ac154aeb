# fault: neither the boot nor the load of the module binds a device to the driver, and memmap_on_memory can be written while it is bound
# breaks: POLICY-5 ROBUST-4 UNBIND-8
# needs: the module loaded while the device is there
# shown by: from-offline bind-under-online-movable
s/^\t\.type = DAXDRV_KMEM_TYPE,/\t.type = DAXDRV_DEVICE_TYPE,/
