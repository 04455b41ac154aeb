# Brings a device back to what it was: DEVICE ATTRIBUTE DRIVER WORD POLICY BLOCK:STATE:ZONE...
# Says what it could not do; says nothing where all went well.
device=$1 attribute=$2 driver=$3 word=$4 policy=$5
shift 5
D=/sys/bus/dax/devices/$device
B=/sys/bus/dax/drivers
M=/sys/devices/system/memory
get() { [ -r "$1" ] && IFS= read -r line <"$1" 2>/dev/null && printf '%s' "$line"; }
try() { printf '%s\n' "$1" >"$2"; } 2>/dev/null
put() { try "$1" "$2" || printf 'writing %s to %s failed\n' "$1" "$2"; }
bound() { [ -e $D/driver ] && basename "$(readlink -f $D/driver)" || echo none; }
has_word() { [ -e "$D/$attribute" ]; }
# The first patches call it unplug.
unplug() {
  has_word && [ "$(get $D/$attribute)" != unplugged ] || return
  try unplugged $D/$attribute || try unplug $D/$attribute ||
    echo "$device cannot be unplugged, it is $(get $D/$attribute)"
}
bind_under() {
  put "$1" $M/auto_online_blocks
  [ "$(bound)" = none ] || put $device $D/driver/unbind
  put $device $B/kmem/bind
}

case $driver in
  kmem)
    [ "$(bound)" = kmem ] || case $word in
      online*) bind_under "$word" ;;
      *) bind_under offline ;;
    esac
    if has_word && [ "$(get $D/$attribute)" != "$word" ]; then
      unplug
      case $word in
        online*) put "$word" $D/$attribute ;;
        offline) bind_under offline ;;
      esac
    fi
    # Rules of the machine act on blocks that came back: let them, then have the last word.
    ! command -v udevadm >/dev/null || udevadm settle --timeout=10 2>/dev/null
    for b; do
      number=${b%%:*} rest=${b#*:}
      state=${rest%%:*} zone=${rest#*:}
      [ "$(get $M/memory$number/state)" = "$state" ] && continue
      case $state:$zone in
        online:Movable) put online_movable $M/memory$number/state ;;
        online:*) put online_kernel $M/memory$number/state ;;
        *) put offline $M/memory$number/state ;;
      esac
    done
    ;;
  *)
    if [ "$(bound)" = kmem ]; then
      unplug
      put $device $D/driver/unbind
    fi
    if [ "$driver" = device_dax ] && [ "$(bound)" = none ]; then
      put $device $B/device_dax/new_id
      try $device $B/device_dax/remove_id
    fi
    ;;
esac
[ "$(get $M/auto_online_blocks)" = "$policy" ] || put "$policy" $M/auto_online_blocks
