# Says what there is, a fact a line: KEY WORDS. It only reads. $1 is the device, or nothing.
D=/sys/bus/dax/devices
M=/sys/devices/system/memory
say() { printf '%s\n' "$*"; }
get() { [ -r "$1" ] && IFS= read -r line <"$1" 2>/dev/null && printf '%s' "$line"; }

say arch "$(uname -m)"
say uid "$(id -u)"
say release "$(uname -r)"
say host "$(uname -n)"
say boot "$(get /proc/sys/kernel/random/boot_id)"
say policy "$(get $M/auto_online_blocks)"
size=$((0x$(get $M/block_size_bytes)))
say blocksize $size

for d in $D/dax*; do
  [ -e "$d" ] || continue
  driver=none
  [ -e "$d/driver" ] && driver=$(basename "$(readlink -f "$d/driver")")
  attribute=none
  word=-
  for a in state hotplug; do
    [ -e "$d/$a" ] && attribute=$a && word=$(get "$d/$a")
  done
  say dax "${d##*/}" "$driver" "$attribute" "${word:--}" "$(get "$d/size")" \
    "$(get "$d/target_node")" "$(readlink -f "$d")"
done

for n in /sys/devices/system/node/node*; do
  [ -r "$n/meminfo" ] || continue
  total=0 free=0
  while read -r _ _ what amount _; do
    case $what in MemTotal:) total=$amount ;; MemFree:) free=$amount ;; esac
  done <"$n/meminfo"
  say node "${n##*/node}" "$total" "$free"
done

if [ -n "$1" ] && [ -e "$D/$1" ]; then
  for r in "$D/$1"/mapping*; do
    [ -e "$r/start" ] || continue
    start=$(($(get "$r/start"))) end=$(($(get "$r/end")))
    say range $start $end
    b=$(((start + size - 1) / size))
    while [ $(((b + 1) * size - 1)) -le $end ]; do
      [ -e $M/memory$b ] && say block $b "$(get $M/memory$b/state)" "$(get $M/memory$b/valid_zones)"
      b=$((b + 1))
    done
  done
  for p in /proc/[0-9]*; do
    for f in "$p"/fd/*; do
      if [ "$(readlink "$f" 2>/dev/null)" = "/dev/$1" ]; then
        say user "${p#/proc/}" "$(get "$p/comm")" "/dev/$1"
        break
      fi
    done
  done
fi

while read -r source folder _; do
  case $source in
    /dev/*) say mount "$source" "$folder" "$(readlink -f "/sys/class/block/$(basename "$(readlink -f "$source")")")" ;;
  esac
done </proc/mounts
[ -r /proc/swaps ] && while read -r source _; do
  case $source in
    /dev/*) say mount "$source" swap "$(readlink -f "/sys/class/block/$(basename "$(readlink -f "$source")")")" ;;
  esac
done </proc/swaps

# Who else may act on memory blocks.
for p in /proc/[0-9]*; do
  name=$(get "$p/comm")
  case $name in
    systemd-udevd | udevd | eudev | mdev) udev=1 ;;
    daxctl | ndctl | tuned | memhp*) say process "${p#/proc/}" "$name" ;;
  esac
done
if [ -n "$udev" ]; then
  grep -Hn 'SUBSYSTEM=="memory"' /etc/udev/rules.d/*.rules /run/udev/rules.d/*.rules \
    /usr/lib/udev/rules.d/*.rules /lib/udev/rules.d/*.rules 2>/dev/null |
    grep -E 'online|ATTR\{state\}' | grep -v ':[0-9]*:[[:space:]]*#' | while read -r rule; do
      say rule "$rule"
    done
fi
say end
