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

echo unplugged > $state
echo online_movable > $state
echo offline > $block          # kn->active of memoryN/state, then cpu_hotplug_lock
echo online_movable > $block
dmesg -c > /dev/null
# mem_hotplug_lock, then kn->active of memoryN/state: lockdep is told of it only where somebody is in
# that file when it goes (kernfs_drain), so this takes some rounds.
while :; do cat $block; done > /dev/null 2>&1 &
reader=$!
for round in $(seq 100); do
  echo unplugged > $state
  dmesg | grep -q 'circular locking' && break
  echo online_movable > $state
done
kill $reader
echo "rounds: $round"
cat $state
dmesg | sed -n '/WARNING: possible circular/,/<\/TASK>/p'
