# Says what there is, a fact a line: KEY WORDS. It only reads. $1 is the device, or nothing.
D=/sys/bus/dax/devices
M=/sys/devices/system/memory
say() { printf '%s\n' "$*"; }
# The first line of a file, in $line: a machine has many, and to start a program for each takes long.
get() { line=; [ -r "$1" ] && IFS= read -r line <"$1"; } 2>/dev/null
tell() { get "$2"; say "$1" "$line"; }

say arch "$(uname -m)"
say uid "$(id -u)"
say release "$(uname -r)"
say host "$(uname -n)"
tell boot /proc/sys/kernel/random/boot_id
tell policy $M/auto_online_blocks
get $M/block_size_bytes
size=$((0x$line))
say blocksize $size

for d in $D/dax*; do
  [ -e "$d" ] || continue
  driver=none
  [ -e "$d/driver" ] && driver=$(basename "$(readlink -f "$d/driver")")
  attribute=none
  word=-
  for a in state hotplug; do
    [ -e "$d/$a" ] || continue
    get "$d/$a"
    attribute=$a word=${line:--}
  done
  get "$d/size"
  bytes=$line
  get "$d/target_node"
  say dax "${d##*/}" "$driver" "$attribute" "$word" "$bytes" "$line" "$(readlink -f "$d")"
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
  # Both the kernel and the device must want it.
  get "$D/$1/memmap_on_memory"
  own=$line
  get /sys/module/memory_hotplug/parameters/memmap_on_memory
  case $own$line in 1[Yyf]*) say memmap_on_memory yes ;; esac
  d=$D/$1
  # By their numbers, of which one may be missing.
  for r in "$d"/mapping[0-9] "$d"/mapping[0-9][0-9] "$d"/mapping[0-9][0-9][0-9]*; do
    [ -e "$r/start" ] || continue
    get "$r/start"
    start=$((line))
    get "$r/end"
    end=$((line))
    say range $start $end
    b=$(((start + size - 1) / size))
    while [ $(((b + 1) * size - 1)) -le $end ]; do
      if [ -e $M/memory$b ]; then
        get $M/memory$b/state
        state=$line
        get $M/memory$b/valid_zones
        say block $b "$state" "$line"
      fi
      b=$((b + 1))
    done
  done
  # Open, or mapped and no longer open.
  {
    ls -l /proc/[0-9]*/fd | while IFS= read -r line; do
      case $line in
        /proc/*) p=${line%/fd:} ;;
        *" -> /dev/$1") say "$p" ;;
      esac
    done
    grep -l " /dev/$1\$" /proc/[0-9]*/maps
  } 2>/dev/null | while read -r p; do
    p=${p%/maps}
    get "$p/comm"
    say user "${p#/proc/}" "$line" "/dev/$1"
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
  get "$p/comm"
  case $line in
    systemd-udevd | udevd | eudev | mdev) udev=1 ;;
    daxctl | ndctl | tuned | memhp*) say process "${p#/proc/}" "$line" ;;
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
