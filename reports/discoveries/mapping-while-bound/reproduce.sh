#!/bin/sh
# Gives a dax device a further range while kmem has it, then takes it through its states.
#
#   sh reproduce.sh [DEVICE [HOW-MANY-RANGES]]     as root; dax0.0 and 1 if not said
#
# The device must be bound to kmem. Where its region has not enough free space, all but its first
# memory block are made free. Nothing may need its memory. The machine may crash; use one that may.
# What the slab allocator has to say it says with slab_debug=FZPU,kmalloc-* on the command line.
name=${1:-dax0.0}
more=${2:-1}
dev=/sys/bus/dax/devices/$name
kmem=/sys/bus/dax/drivers/kmem
block=$((0x$(cat /sys/devices/system/memory/block_size_bytes)))

try() { # VALUE FILE
  if printf '%s' "$1" > "$2"; then echo "accepted: $1 > $2"; else echo "refused:  $1 > $2"; fi
}

[ -e $dev/state ] || { echo "$name has no state attribute; bind it to kmem"; exit 2; }
try unplugged $dev/state
region=$(readlink -f $dev)/../dax_region
if [ "$(cat $region/available_size)" -lt $((more * block)) ]; then
  try $name $kmem/unbind
  try $block $dev/size
  try $name $kmem/bind
  try unplugged $dev/state
fi
echo "ranges: $(ls -d $dev/mapping[0-9]* | wc -l), free: $(cat $region/available_size)"

echo '--- the device is bound; these two are refused, and the last ones should be'
try $block $dev/size
try 2097152 $dev/align
# Every memory block of the region that is free, until there are enough.
at=$((($(cat $region/resource) + block - 1) / block * block))
end=$(($(cat $region/resource) + $(cat $region/size)))
n=0
while [ $n -lt "$more" ] && [ $((at + block)) -le $end ]; do
  range=$(printf '%x-%x' $at $((at + block - 1)))
  if echo $range 2> /dev/null > $dev/mapping; then
    echo "accepted: $range > $dev/mapping"
    n=$((n + 1))
  fi
  at=$((at + block))
done
echo "ranges: $(ls -d $dev/mapping[0-9]* | wc -l)"

echo '--- online, unplugged, unbound'
for step in online unplugged unbind bind; do
  case $step in
    online) try online_movable $dev/state ;;
    unplugged) try unplugged $dev/state ;;
    *) try $name $kmem/$step ;;
  esac
  grep -e "$name" -e kmem /proc/iomem
done
echo '--- the kernel log'
dmesg | grep -A 20 -e 'cut here' -e Oops -e 'BUG ' -e 'kmem dax'
