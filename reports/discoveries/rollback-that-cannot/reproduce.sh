#!/bin/sh
# An unplug that is interrupted while one of its blocks cannot come online again.
#
#   sh reproduce.sh poison|inject [DEVICE]      as root; dax0.0 if not said
#
# poison: a page of the first block is taken out of use by hard_offline_page (CONFIG_MEMORY_FAILURE).
# inject: memory-notifier-error-inject answers ENOMEM to blocks that are to go online.
# The device must be bound to kmem and have two memory blocks at least. TOOL names the program made
# of ../tool.c; ./tool if not said.
how=${1:?poison or inject}
name=${2:-dax0.0}
tool=${TOOL:-./tool}
dev=/sys/bus/dax/devices/$name
memory=/sys/devices/system/memory
size=$((0x$(cat $memory/block_size_bytes)))
start=$(($(cat $dev/mapping0/start)))
last=$(ls -d $dev/mapping[0-9]* | tail -n 1)
end=$(($(cat $last/end) + 1))
first=$(((start + size - 1) / size))
final=$((end / size - 1))
node=$(cat $dev/target_node)
inject=/sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_ONLINE/error

show() {
  printf 'state %s, blocks:' "$(cat $dev/state)"
  b=$first
  while [ $b -le $final ]; do
    [ -e $memory/memory$b ] && printf ' %s %s' $b "$(cat $memory/memory$b/state)"
    b=$((b + 1))
  done
  echo
}
word() { "$tool" write $dev/state "$1"; }

word unplugged
word online_movable
show
if [ $how = poison ]; then
  "$tool" pin $node $((first * size)) $((first * size + size)) > bad & bad=$!
  until [ -s bad ]; do sleep 0.1; done
  page=$(sed 's/pinned //' bad)
  kill $bad
  wait $bad 2>/dev/null
  # The page is to be free when it goes bad.
  echo 1 > /proc/sys/vm/drop_caches
  "$tool" write $memory/hard_offline_page "$page"
else
  mount -t debugfs none /sys/kernel/debug 2>/dev/null
  modprobe memory-notifier-error-inject 2>/dev/null
  [ -e $inject ] || { echo "no memory-notifier-error-inject"; exit 2; }
fi

"$tool" pin $node $((final * size)) $((final * size + size)) > pinned & pin=$!
until [ -s pinned ]; do sleep 0.1; done
cat pinned
"$tool" write $dev/state unplugged & writer=$!
# Until the first block went; the last one cannot.
until [ "$(cat $memory/memory$first/state)" = offline ]; do
  kill -0 $writer || { echo "the unplug ended too early"; exit 2; }
  sleep 0.1
done
[ $how = inject ] && echo -12 > $inject
kill -INT $writer
wait $writer
show
[ $how = inject ] && echo 0 > $inject
echo '--- what heals it'
word online_movable
show
kill $pin
wait $pin 2>/dev/null
word unplugged
show
word online_movable
show
dmesg | grep -e 'kmem ' -e re-online -e 'Memory failure' | tail -n 12
