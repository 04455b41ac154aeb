#!/bin/sh
# Lets one allocation of kernel memory fail after another, in an online word or a bind, until what is
# looked for is seen.
#
#   sh reproduce.sh sections|node|direct-map|bind [DEVICE [FROM]]     as root; dax0.0 and 1 if not said
#
# The kernel needs CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC, CONFIG_FAULT_INJECTION_DEBUG_FS and debugfs
# mounted. The device must be bound to kmem, its range have two sections (128 MiB each on x86) or more,
# and nothing may need its memory. direct-map is an oops; bind leaves the memory online until reboot, and
# comes late: what sections shows is met before, so let it begin with the 60th.
what=$1
name=${2:-dax0.0}
dev=/sys/bus/dax/devices/$name
kmem=/sys/bus/dax/drivers/kmem
debug=/sys/kernel/debug
[ -e $debug/failslab ] || mount -t debugfs debugfs $debug
[ -e $debug/failslab ] || { echo 'this kernel has no failslab'; exit 2; }
[ -e $dev/state ] || { echo "$name has no state attribute; bind it to kmem"; exit 2; }
echo 0 > $debug/failslab/verbose
echo 0 > $debug/fail_page_alloc/verbose
case $what in
  direct-map)
    slab=Y page=0
    echo N > $debug/fail_page_alloc/ignore-gfp-wait
    echo N > $debug/fail_page_alloc/ignore-gfp-highmem ;;
  sections | node | bind)
    slab=N page=31
    echo N > $debug/failslab/ignore-gfp-wait ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
echo $slab > $debug/failslab/cache-filter
echo $page > $debug/fail_page_alloc/min-order

fails() { # N VALUE FILE: the write while the Nth allocation of it and of what the shell does beside fails
  sh -c 'exec 3> "$3"; echo $1 > /proc/self/fail-nth; printf %s "$2" >&3; e=$?; echo 0 > /proc/self/fail-nth; exit $e' \
    sh "$1" "$2" "$3"
}

plain() { printf '%s' "$1" > "$2"; }

echo unplugged > $dev/state
dmesg -c > /dev/null
n=$((${3:-1} - 1))
while [ $n -lt 300 ]; do
  n=$((n + 1))
  if [ $what = bind ]; then
    plain unplugged $dev/state && plain $name $dev/driver/unbind || exit 1
    fails $n $name $kmem/bind 2> /dev/null && continue
    [ -e $dev/state ] && continue
    if plain $name $kmem/bind 2> /dev/null; then continue; fi
    echo "allocation $n failed, and so did the bind; a bind with memory there fails too"
    dmesg | grep 'kmem dax' | tail -n 4
    grep -A 1 "$name" /proc/iomem
    grep . /sys/devices/system/memory/memory*/state | tail -n 2
    exit
  fi
  fails $n online_movable $dev/state 2> /dev/null
  if dmesg | grep -q 'BUG: '; then
    echo "allocation $n"
    dmesg | grep -A 36 'BUG: '
    exit
  fi
  plain unplugged $dev/state
  if [ $what = node ] && dmesg | grep -q 'WARNING: .*add_memory_resource'; then
    echo "allocation $n"
    dmesg | grep -A 40 'cut here'
    exit
  fi
  [ $what = sections ] || continue
  if plain online_movable $dev/state; then plain unplugged $dev/state; continue; fi
  echo "allocation $n failed, and now, with memory there:"
  plain online_movable $dev/state
  dmesg | grep 'kmem dax' | tail -n 1
  exit
done
echo "not seen in $n allocations"
exit 1
