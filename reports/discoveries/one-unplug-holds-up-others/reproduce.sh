#!/bin/sh
# An unplug that waits for a pinned page holds up writers of other devices, which cannot be killed.
#
#   sh reproduce.sh [DEVICE [OTHER]]            as root; dax0.0 and dax0.1 if not said
#
# Both devices must be bound to kmem. TOOL names the program made of ../tool.c; ./tool if not said.
name=${1:-dax0.0}
other=${2:-dax0.1}
tool=${TOOL:-./tool}
bus=/sys/bus/dax/devices
memory=/sys/devices/system/memory
size=$((0x$(cat $memory/block_size_bytes)))
begin=$(($(cat $bus/$name/mapping0/start)))
end=$(($(cat $bus/$name/mapping0/end) + 1))
first=$(((begin + size - 1) / size))
final=$((end / size - 1))

# How a process is, its stack beside it; nothing where it has ended.
look() { # NAME PID
  [ -e /proc/$2/status ] || { echo "$1 has ended"; return; }
  echo "$1: $(grep State: /proc/$2/status)" $(sed 's/+.*//; s/.* //' /proc/$2/stack)
}

echo 5 > /proc/sys/kernel/hung_task_timeout_secs 2>/dev/null
for d in $name $other; do
  "$tool" write $bus/$d/state unplugged
  "$tool" write $bus/$d/state online_movable
done
node=$(cat $bus/$name/target_node)
"$tool" pin $node $((final * size)) $((final * size + size)) > pinned & pin=$!
until [ -s pinned ]; do sleep 0.1; done
cat pinned
"$tool" write $bus/$name/state unplugged & holds=$!
# Until the first block went; the last one cannot.
until [ "$(cat $memory/memory$first/state)" = offline ]; do sleep 0.1; done

echo '--- others, all begun now'
"$tool" write $bus/$other/state unplugged & on_other=$!
"$tool" write $bus/$name/state unplugged & on_same=$!
block=$memory/memory$(($(cat $bus/$other/mapping0/start) / size))/state
"$tool" write $block offline & on_block=$!
cat $bus/$other/state
sleep 2
look "unplug of $name" $holds
look "unplug of $other" $on_other
look "second unplug of $name" $on_same
look "offline of a block of $other" $on_block
echo '--- after SIGKILL to the last three'
kill -KILL $on_other $on_same $on_block
sleep 2
look "unplug of $other" $on_other
look "second unplug of $name" $on_same
look "offline of a block of $other" $on_block
sleep 10
look "unplug of $other" $on_other
echo '--- after SIGINT to the first one'
kill -INT $holds
wait $holds
wait $on_other
echo "unplug of $other: ended with $?"
wait $on_same
cat $bus/$name/state $bus/$other/state
kill $pin
wait $pin 2>/dev/null
dmesg | grep -e 'kmem dax' -e 'blocked for' | tail -n 12
