#!/bin/sh
# The order of locks of an unplug, as lockdep sees it. Needs a kernel with CONFIG_PROVE_LOCKING.
#
#   sh reproduce.sh [DEVICE]            as root; dax0.0 if not said
#
# The device must be bound to kmem. Lockdep reports once in a boot, and is off then.
name=${1:-dax0.0}
state=/sys/bus/dax/devices/$name/state
memory=/sys/devices/system/memory
size=$((0x$(cat $memory/block_size_bytes)))
block=$memory/memory$((($(cat /sys/bus/dax/devices/$name/mapping0/start) + size - 1) / size))/state

grep 'debug_locks' /proc/lockdep_stats 2>/dev/null
echo unplugged > $state
echo online_movable > $state
echo offline > $block          # kn->active of memoryN/state, then cpu_hotplug_lock
echo online_movable > $block
dmesg -c > /dev/null
echo unplugged > $state        # mem_hotplug_lock, then kn->active of memoryN/state
cat $state
dmesg | sed 's/^\[[^]]*] //'
